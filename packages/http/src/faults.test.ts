import { expect, test } from '@jest/globals';
import { describeFault, isBroken, mayPass } from './faults.ts';

const fault = (code: string, more: object = {}): Error => Object.assign(new Error('x'), { code }, more);

test.each([
  [fault('ECONNRESET'), true, true],
  [fault('UND_ERR_BODY_TIMEOUT'), true, true],
  [fault('UND_ERR_HEADERS_TIMEOUT'), true, true],
  [fault('', { cause: fault('UND_ERR_SOCKET') }), true, true],
  [new AggregateError([fault('ETIMEDOUT')]), true, true],
  [fault('ECONNREFUSED'), false, true],
  [fault('ENOTFOUND'), false, true],
  [fault('EAI_AGAIN'), false, true],
  [new AggregateError([fault('ECONNREFUSED'), fault('ECONNREFUSED')]), false, true],
  [fault('DEPTH_ZERO_SELF_SIGNED_CERT'), false, false],
  [fault('ERR_TLS_CERT_ALTNAME_INVALID'), false, false],
  ['words', false, false],
])('%s broke a connection: %s; may pass by itself: %s', (thrown, breaks, passes) => {
  expect([isBroken(thrown), mayPass(thrown)]).toEqual([breaks, passes]);
});

test('a fault is told with the faults in it', () => {
  const inner = Object.assign(new Error('connect refused'), { code: 'ECONNREFUSED' });
  expect(describeFault(Object.assign(new Error('fetch failed'), { cause: inner }))).toBe(
    'fetch failed ECONNREFUSED connect refused',
  );
});
