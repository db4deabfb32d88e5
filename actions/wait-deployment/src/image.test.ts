import type { ReleaseRecord } from '@eks-gitops/action';
import { expect, test } from '@jest/globals';
import { formatImage, parseImage, resolveImage } from './image.ts';
import { haveSameConfigs } from './image-digests.ts';
import { parseToleration, tolerancesOf } from './toleration.ts';

const digest = `sha256:${'a'.repeat(64)}` as const;
const other = `sha256:${'b'.repeat(64)}`;

test.each([
  ['a.example/ui:v1', { name: 'a.example/ui', tag: 'v1' }],
  [`a.example/ui@${digest}`, { name: 'a.example/ui', digest }],
  [`localhost:5000/ui:v1@${digest}`, { name: 'localhost:5000/ui', tag: 'v1', digest }],
])('%s is read and told as it was', (text, image) => {
  expect(parseImage(text)).toEqual(image);
  expect(formatImage(parseImage(text))).toBe(text);
});

test.each(['a.example/ui', 'a.example/UI:v1', 'a.example/ui@sha256:12', 'a.example/ui:@'])('%s names no image', text => {
  expect(() => parseImage(text)).toThrow();
});

const record: ReleaseRecord = {
  schema: 1,
  image: 'a.example/ui',
  revision: 'c'.repeat(40),
  commitTime: '2026-11-23T17:17:20Z',
  builds: [],
  index: { digest, tag: 'v1', platforms: ['linux/amd64'] },
};

test('the image is the input, else the index of the record, and both must agree', () => {
  const image = { name: 'a.example/ui', tag: 'v1' };
  const recorded = { ...image, digest };
  expect(resolveImage({ image: undefined, record: undefined })).toBeUndefined();
  expect(resolveImage({ image, record: undefined })).toEqual(image);
  expect(resolveImage({ image: undefined, record })).toEqual(recorded);
  expect(resolveImage({ image, record })).toEqual(recorded);
  for (const different of [`a.example/ui:v2`, `a.example/ui@${other}`, 'b.example/ui:v1']) {
    expect(() => resolveImage({ image: parseImage(different), record })).toThrow('another image');
  }
  expect(() => resolveImage({ image: undefined, record: { ...record, index: undefined } })).toThrow('no index');
});

test.each<readonly [string, readonly (readonly [string, string])[], boolean]>([
  ['no platform in common', [['linux/s390x', 'a']], false],
  [
    'the same for what they have in common',
    [
      ['linux/amd64', 'a'],
      ['linux/s390x', 'z'],
    ],
    true,
  ],
  [
    'another for one platform',
    [
      ['linux/amd64', 'a'],
      ['linux/arm64', 'x'],
    ],
    false,
  ],
])('two images with %s', (_, others, same) => {
  const ours = new Map([
    ['linux/amd64', 'a'],
    ['linux/arm64', 'b'],
  ]);
  expect(haveSameConfigs(ours, new Map(others))).toBe(same);
});

test('a toleration has a time of its own, or lasts as long as is waited', () => {
  expect(tolerancesOf(['image-pull=5m', 'crash'].map(parseToleration))).toEqual({
    'image-pull': 300_000,
    crash: Number.POSITIVE_INFINITY,
  });
});

test.each(['image', 'crash=', 'crash=soon', 'crash=1m=2m', 'other-image'])('%s is no toleration', item => {
  expect(() => parseToleration(item)).toThrow();
});
