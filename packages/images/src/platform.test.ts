import { expect, test } from '@jest/globals';
import { formatPlatform, parsePlatform, samePlatform } from './platform.ts';

test.each([
  ['linux/amd64', 'linux/amd64'],
  ['linux/amd64/v1', 'linux/amd64'],
  ['linux/amd64/v3', 'linux/amd64/v3'],
  ['linux/arm64/v8', 'linux/arm64'],
  ['linux/aarch64', 'linux/arm64'],
  ['linux/x86_64', 'linux/amd64'],
  ['linux/arm', 'linux/arm/v7'],
  ['linux/armel', 'linux/arm/v6'],
  [' Linux/ARM64 ', 'linux/arm64'],
])('%s is %s', (text, expected) => {
  expect(formatPlatform(parsePlatform(text))).toBe(expected);
});

test.each(['', 'linux', 'linux/', '/amd64', 'linux/amd64/v1/x', 'linux/am d64', 'linux/--x', `linux/${'a'.repeat(40)}`])(
  '"%s" is refused as a platform',
  text => {
    expect(() => parsePlatform(text)).toThrow(expect.objectContaining({ code: 'PLATFORM_INVALID' }));
  },
);

test('two spellings of one platform are the same, two variants are not', () => {
  expect(samePlatform({ os: 'linux', architecture: 'aarch64' }, { os: 'linux', architecture: 'arm64', variant: 'v8' })).toBe(
    true,
  );
  expect(samePlatform(parsePlatform('linux/arm/v6'), parsePlatform('linux/arm/v7'))).toBe(false);
});
