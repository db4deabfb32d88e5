import type { ActionError } from '@eks-gitops/errors';

/** Whether the server answers, as all calls and watches of a cluster see it together. */
export interface Presence {
  /** Whether it has ever answered: then its absence is taken for a passing one. */
  readonly reached: () => boolean;
  readonly answered: () => void;
  readonly missed: (failure: ActionError) => void;
}

export interface PresenceOptions {
  readonly server: string;
  readonly onNotice: (notice: string) => void;
  /** Milliseconds of absence after which it is told. */
  readonly patience: number;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
}

/** Tells once that the server has been away for some time, and once that it is back. */
export function trackPresence({ server, onNotice, patience, now }: PresenceOptions): Presence {
  let reached = false;
  let away: { readonly since: number; told: boolean } | undefined;
  const answered = (): void => {
    if (away?.told) onNotice(`The Kubernetes API server ${server} answers again, after ${seconds(now() - away.since)}.`);
    reached = true;
    away = undefined;
  };
  const missed = ({ failure }: ActionError): void => {
    away ??= { since: now(), told: false };
    if (away.told || now() - away.since < patience) return;
    away.told = true;
    const words = failure.found === undefined ? '' : ` (${failure.found})`;
    onNotice(`The Kubernetes API server ${server} has not answered for ${seconds(now() - away.since)}${words}; still trying.`);
  };
  return { reached: () => reached, answered, missed };
}

function seconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 1000)} s`;
}
