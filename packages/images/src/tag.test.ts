import { describe, expect, test } from '@jest/globals';
import { parsePlatform } from './platform.ts';
import { isTag, parseRepository } from './reference.ts';
import { type BuildSubject, buildScope, releaseTag, releaseTagForm, stagingTag } from './tag.ts';

test('a release tag is the commit time in UTC and the first 8 of the commit, and sorts by time', () => {
  const tag = releaseTag({ time: new Date('2026-11-23T09:05:07.999+02:00'), revision: 'ABCDEF0123456789' });
  expect(tag).toBe('i20261123070507-abcdef01');
  expect(tag).toMatch(releaseTagForm);
  expect(releaseTag({ time: new Date('2026-11-23T07:05:08Z'), revision: '00000000' }) > tag).toBe(true);
});

test.each([
  'i20261123070507-abcdef0',
  'xi20261123070507-abcdef01',
  'i20261123070507-ABCDEF01',
  'i2026112307050-abcdef01',
  'latest',
])('%s has not the form of a release tag', tag => {
  expect(tag).not.toMatch(releaseTagForm);
});

describe('a staging tag', () => {
  const staging = { runId: '42', scope: '0a1b2c3d', attempt: 2 };

  test.each([
    ['linux/arm64', 'build-42-0a1b2c3d-2-arm64'],
    ['linux/arm/v7', 'build-42-0a1b2c3d-2-arm-v7'],
    ['windows/amd64', 'build-42-0a1b2c3d-2-windows-amd64'],
  ])('of %s is %s', (platform, expected) => {
    expect(stagingTag({ ...staging, platform: parsePlatform(platform) })).toBe(expected);
  });

  test('is a valid tag whatever the run id holds, and differs for run ids that are long and alike', () => {
    const long = (end: string) =>
      stagingTag({ ...staging, runId: `shop:build/${'x'.repeat(150)}${end}`, platform: parsePlatform('linux/amd64') });
    expect(isTag(stagingTag({ ...staging, runId: 'shop:build/1 2', platform: parsePlatform('linux/amd64') }))).toBe(true);
    expect(isTag(long('1'))).toBe(true);
    expect(long('1')).not.toBe(long('2'));
  });
});

test('each part of what is built changes the scope', () => {
  const subject: BuildSubject = {
    repository: parseRepository('localhost:5000/shop/ui'),
    context: 'src/ui',
    file: '',
    target: '',
  };
  const others = [
    { ...subject, repository: parseRepository('localhost:5000/shop/api') },
    { ...subject, context: '.' },
    { ...subject, file: 'Dockerfile.prod' },
    { ...subject, target: 'prod' },
  ];
  const scopes = [subject, ...others].map(buildScope);
  expect(new Set(scopes).size).toBe(5);
  expect(scopes.every(scope => /^[0-9a-f]{8}$/.test(scope))).toBe(true);
  expect(buildScope({ ...subject })).toBe(scopes[0]);
});
