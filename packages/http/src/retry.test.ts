import { ActionError } from '@eks-gitops/errors';
import { expect, test } from '@jest/globals';
import { delayAfter, parseRetryAfter, TransientFailure, withRetries } from './retry.ts';

const { signal } = new AbortController();
const failure = new ActionError({ code: 'CLUSTER_UNREACHABLE', message: 'away' });

test('what may pass is tried again as often as there are delays, anything else is not', async () => {
  let tries = 0;
  const operation = (thrown: Error) => async (): Promise<never> => {
    tries += 1;
    throw thrown;
  };
  const notices: string[] = [];
  const policy = { delays: () => [1, 1], signal, onRetry: (notice: string) => notices.push(notice) };
  await expect(withRetries(operation(new TransientFailure({ failure })), policy)).rejects.toBe(failure);
  expect([tries, notices.length]).toEqual([3, 2]);
  await expect(withRetries(operation(failure), { delays: () => [1, 1], signal })).rejects.toBe(failure);
  expect(tries).toBe(4);
});

test('a wait between two tries ends with the cancel, by its own reason', async () => {
  const cancel = new AbortController();
  const reason = new Error('cut');
  const failing = async () => {
    throw new TransientFailure({ failure, retryAfter: 50_000 });
  };
  const waiting = withRetries(failing, { delays: () => [1], signal: cancel.signal });
  setImmediate(() => cancel.abort(reason));
  await expect(waiting).rejects.toBe(reason);
});

test('a wait is never shorter than the server asked for, and never longer than a minute and its own jitter', () => {
  expect(delayAfter({ retryAfter: 3_000 }, 100)).toBe(3_000);
  expect(delayAfter({ retryAfter: 600_000 }, 100)).toBe(60_000);
  const jittered = Array.from({ length: 100 }, () => delayAfter({ retryAfter: undefined }, 1_000));
  expect(Math.min(...jittered)).toBeGreaterThanOrEqual(1_000);
  expect(Math.max(...jittered)).toBeLessThanOrEqual(1_500);
});

test.each([
  ['7', 7_000],
  [' 0 ', 0],
  ['Thu, 01 Jan 1970 00:00:05 GMT', 5_000],
  ['Thu, 01 Jan 1960 00:00:00 GMT', 0],
  ['soon', undefined],
  ['', undefined],
  [undefined, undefined],
])('Retry-After %j is %j ms', (header, expected) => {
  expect(parseRetryAfter(header, new Date(0))).toBe(expected);
});
