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
  /** When it was last said. */
  readonly time?: Date;
}

const event = z.object({
  metadata: z.object({ uid: z.string() }),
  type: z.literal('Warning'),
  reason: z.string().default(''),
  message: z.string().default(''),
  count: z.number().nullish(),
  series: z.object({ count: z.number(), lastObservedTime: z.coerce.date().nullish() }).nullish(),
  lastTimestamp: z.coerce.date().nullish(),
  eventTime: z.coerce.date().nullish(),
  reportingComponent: z.string().nullish(),
  source: z.object({ component: z.string().optional() }).nullish(),
});

/** The warning that an Event of v1 is; undefined for events of another type. */
export function readWarning(object: unknown): Warning | undefined {
  const { data } = event.safeParse(object);
  if (data === undefined) return undefined;
  const source = data.reportingComponent || data.source?.component;
  const time = data.series?.lastObservedTime ?? data.lastTimestamp ?? data.eventTime ?? undefined;
  return {
    id: data.metadata.uid,
    reason: data.reason,
    message: data.message.trim(),
    count: data.series?.count ?? data.count ?? 1,
    ...(source ? { source } : {}),
    ...(time === undefined ? {} : { time }),
  };
}

const minute = 60_000;

/** One line, whatever the message holds; it says so when the warning is not of now. */
export function formatWarning({ reason, message, count, source, time }: Warning, now: Date): string {
  const from = source === undefined ? '' : ` from ${source}`;
  const age = time === undefined ? 0 : Math.floor((now.getTime() - time.getTime()) / minute);
  const notes = [...(count > 1 ? [`${count} times`] : []), ...(age > 0 ? [`${age} min ago`] : [])].join(', ');
  return `Warning ${reason}${from}${notes === '' ? '' : ` (${notes})`}: ${message.replace(/\s*\n\s*/g, ' ')}`;
}
