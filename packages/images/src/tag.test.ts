import { describe, expect, test } from '@jest/globals';
import { parsePlatform } from './platform.ts';
import { isTag, parseRepository } from './reference.ts';
import { type BuildSubject, buildScope, cacheTag, releaseTag, releaseTagForm, stagingTag, stagingTags } from './tag.ts';

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

  test('of an attempt is followed by those of the attempts before it, a hundred at most', () => {
    const tags = (attempt: number) => stagingTags({ ...staging, attempt, platform: parsePlatform('linux/arm64') });
    expect(tags(2)).toEqual(['build-42-0a1b2c3d-2-arm64', 'build-42-0a1b2c3d-1-arm64']);
    expect(tags(1_000)).toHaveLength(100);
  });
});

describe('a cache tag', () => {
  const slot = { platform: parsePlatform('linux/arm64'), scope: '0a1b2c3d', branch: undefined };

  test.each([
    ['linux/arm64', undefined, 'cache-arm64-0a1b2c3d'],
    ['linux/arm/v7', undefined, 'cache-arm-v7-0a1b2c3d'],
    ['linux/amd64', 'feature/one', 'cache-amd64-0a1b2c3d-feature_one-13348f8d'],
  ])('of %s and the branch %s is %s', (platform, branch, expected) => {
    expect(cacheTag({ ...slot, platform: parsePlatform(platform), branch })).toBe(expected);
  });

  test('is a valid tag whatever the branch is called, and differs for names that are sanitised or cut alike', () => {
    const branches = ['a/b', 'a_b', 'a:b', `${'x'.repeat(200)}1`, `${'x'.repeat(200)}2`, 'zweig/größe', '-', ''];
    const tags = branches.map(branch => cacheTag({ ...slot, branch }));
    expect(tags.filter(tag => !isTag(tag))).toEqual([]);
    expect(new Set(tags).size).toBe(branches.length);
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
