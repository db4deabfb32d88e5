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
  /** Milliseconds to wait before the second, third… try; asked for anew after each failure. */
  readonly delays: () => readonly number[];
  readonly signal: AbortSignal;
}

const longestRetryAfter = 60_000;

/** Runs an operation that is safe to repeat, again after each {@link TransientFailure}, as often as there are delays. */
export async function withRetries<T>(operation: () => Promise<T>, { delays, signal }: RetryPolicy): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await operation();
    } catch (thrown) {
      if (!(thrown instanceof TransientFailure)) throw thrown;
      const delay = delays()[tries];
      if (delay === undefined) throw thrown.failure;
      await pause(delayAfter(thrown, delay), signal);
    }
  }
}

/** A delay stretched by a random 0 to 50 %, and no shorter than what the server asked for. */
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

/** Connections that were cut, refused or silent, and names that could not be looked up. */
const passing = [
  ...['ECONNRESET', 'ECONNREFUSED', 'ECONNABORTED', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_PRX_CONN', 'EHOSTUNREACH', 'ENETUNREACH'],
  ...['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'EAI_AGAIN', 'ENOTFOUND'],
];

/** Whether a fault of the network may pass by itself; a certificate that is not trusted does not. */
export function isTransient(thrown: unknown): boolean {
  return isNativeError(thrown) && (passing.includes(errorCode(thrown)) || innerErrors(thrown).some(isTransient));
}

/** What a fault of the network says of itself, with the faults in it (one for each address that was tried). */
export function describeFault(thrown: unknown): string {
  if (!isNativeError(thrown)) return String(thrown);
  return [errorCode(thrown), thrown.message, ...innerErrors(thrown).map(describeFault)].filter(text => text !== '').join(' ');
}

/** Its code and those of the faults in it. */
export function faultCodes(thrown: unknown): readonly string[] {
  return isNativeError(thrown) ? [errorCode(thrown), ...innerErrors(thrown).flatMap(faultCodes)] : [];
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
