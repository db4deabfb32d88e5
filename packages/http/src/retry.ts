import { setTimeout as sleep } from 'node:timers/promises';
import type { ActionError } from '@eks-gitops/errors';

/** A failure that may pass by itself; `failure` is what the user is told when it does not. */
export class TransientFailure extends Error {
  override readonly name = 'TransientFailure';
  readonly failure: ActionError;
  /** What the server asked for by Retry-After, in milliseconds. */
  readonly retryAfter: number | undefined;

  constructor({ failure, retryAfter }: { failure: ActionError; retryAfter?: number | undefined }) {
    super(failure.message);
    this.failure = failure;
    this.retryAfter = retryAfter;
  }
}

export interface RetryPolicy {
  /** Milliseconds to wait before the second, third… try; asked for anew after each failure. */
  readonly delays: () => readonly number[];
  readonly signal: AbortSignal;
  /** Told of each repeated try, in a sentence. */
  readonly onRetry?: ((notice: string) => void) | undefined;
}

const longestRetryAfter = 60_000;

/** Runs an operation that is safe to repeat, again after each {@link TransientFailure}, as often as there are delays. */
export async function withRetries<T>(operation: () => Promise<T>, { delays, signal, onRetry }: RetryPolicy): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    signal.throwIfAborted();
    try {
      return await operation();
    } catch (thrown) {
      if (!(thrown instanceof TransientFailure)) throw thrown;
      const delay = delays()[tries];
      if (delay === undefined) throw thrown.failure;
      const wait = delayAfter(thrown, delay);
      onRetry?.(`${thrown.failure.message} Trying again in ${(wait / 1000).toFixed(1)} s.`);
      await pause(wait, signal);
    }
  }
}

/** A delay stretched by a random 0 to 50 %, and no shorter than what the server asked for; that counts up to a minute. */
export function delayAfter({ retryAfter = 0 }: Pick<TransientFailure, 'retryAfter'>, delay: number): number {
  return Math.round(Math.max(delay * (1 + Math.random() / 2), Math.min(retryAfter, longestRetryAfter)));
}

/** Waits; rejects with the signal's reason as soon as it is aborted. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await sleep(milliseconds, undefined, { signal }).catch(() => signal.throwIfAborted());
}

/** Reads Retry-After, seconds or an HTTP date, as milliseconds from `now`. */
export function parseRetryAfter(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now.getTime());
}
