import { ActionError } from '@eks-gitops/errors';
import { expect, test } from '@jest/globals';
import { isTransient, parseRetryAfter, TransientFailure, withRetries } from './retry.ts';

const failure = new ActionError({ code: 'REGISTRY_UNREACHABLE', message: 'Down.' });
const { signal } = new AbortController();

test('an operation that fails for a while is tried three times, and a last failure is what the user is told', async () => {
  const notices: string[] = [];
  let tries = 0;
  const failing = async () => {
    tries += 1;
    throw new TransientFailure({ failure });
  };
  await expect(withRetries(failing, { delays: [1, 2], signal, onRetry: notice => notices.push(notice) })).rejects.toBe(failure);
  expect([tries, notices.length]).toEqual([3, 2]);
});

test('what will not pass by itself is not tried again', async () => {
  let tries = 0;
  const denied = new ActionError({ code: 'REGISTRY_DENIED', message: 'No.' });
  const failing = async () => {
    tries += 1;
    throw denied;
  };
  await expect(withRetries(failing, { delays: [1, 2], signal })).rejects.toBe(denied);
  expect(tries).toBe(1);
});

test('a wait between two tries ends with the cancel, by its own reason', async () => {
  const cancel = new AbortController();
  const reason = new Error('cut');
  const failing = async () => {
    throw new TransientFailure({ failure, retryAfter: 50_000 });
  };
  const waiting = withRetries(failing, { delays: [1], signal: cancel.signal });
  setImmediate(() => cancel.abort(reason));
  await expect(waiting).rejects.toBe(reason);
});

test.each([
  ['7', 7000],
  ['Mon, 23 Nov 2026 10:00:05 GMT', 5000],
  ['Mon, 23 Nov 2026 09:00:00 GMT', 0],
  ['soon', undefined],
  [undefined, undefined],
])('Retry-After %s is %s ms', (header, expected) => {
  expect(parseRetryAfter(header, new Date('2026-11-23T10:00:00Z'))).toBe(expected);
});

test.each([
  ['ECONNRESET', true],
  ['UND_ERR_HEADERS_TIMEOUT', true],
  ['ECONNREFUSED', false],
  ['ENOTFOUND', false],
  ['CERT_HAS_EXPIRED', false],
])('%s is worth another try: %s', (code, expected) => {
  expect(isTransient(Object.assign(new Error('x'), { code }))).toBe(expected);
  expect(isTransient(new AggregateError([Object.assign(new Error('x'), { code })]))).toBe(expected);
});
