import { setTimeout as sleep } from 'node:timers/promises';
import { isNativeError } from 'node:util/types';
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
  /** Milliseconds to wait before the second, third… try; each is stretched by a random 0 to 50 %. */
  readonly delays: readonly number[];
  readonly signal: AbortSignal;
  readonly onRetry?: ((notice: string) => void) | undefined;
}

const longestRetryAfter = 60_000;

/** Runs an operation that is safe to repeat, again after each {@link TransientFailure}, as often as there are delays. */
export async function withRetries<T>(operation: () => Promise<T>, { delays, signal, onRetry }: RetryPolicy): Promise<T> {
  for (const delay of delays) {
    signal.throwIfAborted();
    try {
      return await operation();
    } catch (thrown) {
      if (!(thrown instanceof TransientFailure)) throw thrown;
      const wait = Math.round(Math.max(delay * (1 + Math.random() / 2), Math.min(thrown.retryAfter ?? 0, longestRetryAfter)));
      onRetry?.(`${thrown.failure.message} Trying again in ${(wait / 1000).toFixed(1)} s.`);
      await sleep(wait, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
  return operation().catch(thrown => {
    throw thrown instanceof TransientFailure ? thrown.failure : thrown;
  });
}

/** Reads Retry-After, seconds or an HTTP date, as milliseconds from `now`. */
export function parseRetryAfter(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now.getTime());
}

const resets = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'];
const timeouts = ['ETIMEDOUT', 'ESOCKETTIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'];

/** Whether a connection was reset or timed out, the only faults below HTTP that are worth another try. */
export function isTransient(thrown: unknown): boolean {
  if (!isNativeError(thrown)) return false;
  const code = errorCode(thrown);
  return resets.includes(code) || timeouts.includes(code) || innerErrors(thrown).some(isTransient);
}

/** What a fault of the network says of itself, with the faults in it (one for each address that was tried). */
export function describeFault(thrown: unknown): string {
  if (!isNativeError(thrown)) return String(thrown);
  return [errorCode(thrown), thrown.message, ...innerErrors(thrown).map(describeFault)].filter(text => text !== '').join(' ');
}

function errorCode(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function innerErrors(error: Error): unknown[] {
  return [
    ...('errors' in error && Array.isArray(error.errors) ? error.errors : []),
    ...(error.cause === undefined ? [] : [error.cause]),
  ];
}
