import { z } from 'zod';

/** What a controller warned of. */
export interface Warning {
  /** The event's own name: the same warning seen again keeps it. */
  readonly id: string;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  /** Who says so, such as `ingress`. */
  readonly source?: string;
}

const event = z.object({
  metadata: z.object({ uid: z.string() }),
  type: z.literal('Warning'),
  reason: z.string().default(''),
  message: z.string().default(''),
  count: z.number().nullish(),
  series: z.object({ count: z.number() }).nullish(),
  reportingComponent: z.string().nullish(),
  source: z.object({ component: z.string().optional() }).nullish(),
});

/** The warning that an Event of v1 is; undefined for events of another type. */
export function readWarning(object: unknown): Warning | undefined {
  const { data } = event.safeParse(object);
  if (data === undefined) return undefined;
  const source = data.reportingComponent || data.source?.component;
  return {
    id: data.metadata.uid,
    reason: data.reason,
    message: data.message.trim(),
    count: data.series?.count ?? data.count ?? 1,
    ...(source ? { source } : {}),
  };
}

/** One line, whatever the message holds. */
export function formatWarning({ reason, message, count, source }: Warning): string {
  const from = source === undefined ? '' : ` from ${source}`;
  return `Warning ${reason}${from}${count > 1 ? ` (${count} times)` : ''}: ${message.replace(/\s*\n\s*/g, ' ')}`;
}
