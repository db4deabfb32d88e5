import { expect, test } from '@jest/globals';
import { isPrivateAddress } from './private-address.ts';

test.each([
  ['10.1.2.3', true],
  ['172.16.0.1', true],
  ['172.32.0.1', false],
  ['192.168.255.255', true],
  ['100.64.0.1', true],
  ['100.128.0.1', false],
  ['54.1.2.3', false],
  ['127.0.0.1', false],
  ['fd00:ec2::1', true],
  ['2600:1f14::1', false],
])('%s is private: %s', (address, isPrivate) => {
  expect(isPrivateAddress(address)).toBe(isPrivate);
});
