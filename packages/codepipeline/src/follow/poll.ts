import { setTimeout as sleep } from 'node:timers/promises';
import { toActionError } from '@eks-gitops/errors';
import { nextPause } from './pace.ts';

export type Look<T> = { readonly kind: 'done'; readonly value: T } | { readonly kind: 'pending'; readonly changed: boolean };

export interface PollOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

/** Milliseconds for which AWS may give no answer. */
const tolerance = 60_000;

/**
 * Looks again and again until there is something. Too many requests only slow it down; no answer is borne for a minute.
 * Throws what `look` throws else, and the signal's reason.
 */
export async function poll<T>(look: () => Promise<Look<T>>, { signal, onProgress }: PollOptions): Promise<T> {
  let quiet = 0;
  let throttled = 0;
  let silentSince: number | undefined;
  for (;;) {
    signal.throwIfAborted();
    try {
      const seen = await look();
      if (seen.kind === 'done') return seen.value;
      quiet = seen.changed ? 0 : quiet + 1;
      throttled = 0;
      silentSince = undefined;
    } catch (thrown) {
      const { code, message } = toActionError(thrown);
      if (signal.aborted || (code !== 'AWS_THROTTLED' && code !== 'AWS_UNREACHABLE')) throw thrown;
      if (code === 'AWS_UNREACHABLE') silentSince ??= Date.now();
      if (silentSince !== undefined && Date.now() - silentSince > tolerance) throw thrown;
      throttled += 1;
      onProgress(`${message} Trying again.`);
    }
    await sleep(nextPause({ quiet, throttled, jitter: Math.random() }), undefined, { signal });
  }
}

/** Asks once, but bears too many requests and no answer as {@link poll} does. */
export function persist<T>(ask: () => Promise<T>, options: PollOptions): Promise<T> {
  return poll(async () => ({ kind: 'done', value: await ask() }), options);
}
