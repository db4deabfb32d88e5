import { ActionError } from '@eks-gitops/errors';
import { expect, test } from '@jest/globals';
import { delayAfter, describeFault, isTransient, parseRetryAfter, TransientFailure, withRetries } from './retry.ts';

const { signal } = new AbortController();
const failure = new ActionError({ code: 'CLUSTER_UNREACHABLE', message: 'away' });
const fault = (code: string, more: object = {}): Error => Object.assign(new Error('x'), { code }, more);

test('what may pass is tried again as often as there are delays, anything else is not', async () => {
  let tries = 0;
  const operation = (thrown: Error) => async (): Promise<never> => {
    tries += 1;
    throw thrown;
  };
  await expect(withRetries(operation(new TransientFailure({ failure })), { delays: () => [1, 1], signal })).rejects.toBe(failure);
  expect(tries).toBe(3);
  await expect(withRetries(operation(failure), { delays: () => [1, 1], signal })).rejects.toBe(failure);
  expect(tries).toBe(4);
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

test.each([
  [fault('ECONNREFUSED'), true],
  [fault('ECONNRESET'), true],
  [fault('UND_ERR_BODY_TIMEOUT'), true],
  [fault('EAI_AGAIN'), true],
  [new AggregateError([fault('ECONNREFUSED'), fault('ECONNREFUSED')]), true],
  [fault('', { cause: fault('UND_ERR_SOCKET') }), true],
  [fault('DEPTH_ZERO_SELF_SIGNED_CERT'), false],
  [fault('ERR_TLS_CERT_ALTNAME_INVALID'), false],
  ['words', false],
])('%s passes by itself: %s', (thrown, expected) => {
  expect(isTransient(thrown)).toBe(expected);
});

test('a fault is told with the faults in it', () => {
  const inner = Object.assign(new Error('connect refused'), { code: 'ECONNREFUSED' });
  expect(describeFault(Object.assign(new Error('fetch failed'), { cause: inner }))).toBe(
    'fetch failed ECONNREFUSED connect refused',
  );
});
