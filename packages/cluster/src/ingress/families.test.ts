import { expect, test } from '@jest/globals';
import { openFamilies } from './families.ts';

const fault = (code: string) => ({ kind: 'fault', stage: 'connection', code, words: code }) as const;
const both = ['192.0.2.1', '2001:db8::1'];

test('a kind of addresses that this machine has no way to is passed over from then on', () => {
  const families = openFamilies();
  expect(families.usable(both)).toEqual(both);
  expect(families.passOver(fault('ENETUNREACH'), '2001:db8::1', both)).toBe(true);
  expect(families.usable(both)).toEqual(['192.0.2.1']);
  expect(families.passOver(fault('ENETUNREACH'), '192.0.2.1', both)).toBe(false);
  expect(families.usable(['2001:db8::2'])).toEqual(['2001:db8::2']);
});

test.each([
  ['there is no other', 'ENETUNREACH', '2001:db8::1', ['2001:db8::1'], false],
  ['IPv6 leads nowhere', 'ETIMEDOUT', '2001:db8::1', both, true],
  ['IPv4 is late, as a new load balancer is', 'ETIMEDOUT', '192.0.2.1', both, false],
  ['nothing listens', 'ECONNREFUSED', '2001:db8::1', both, false],
] as const)('or not: %s', (_, code, address, addresses, isPassedOver) => {
  expect(openFamilies().passOver(fault(code), address, addresses)).toBe(isPassedOver);
});
