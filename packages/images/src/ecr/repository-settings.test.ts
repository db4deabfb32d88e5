import { expect, test } from '@jest/globals';
import { differencesOf } from './repository-differences.ts';
import { createRequest, lifecyclePolicy, type RepositorySettings } from './repository-settings.ts';

const settings: RepositorySettings = { movingTags: ['latest', 'cache-*'], stagingImageDays: 14, kmsKey: undefined };
const key = 'arn:aws:kms:us-west-2:123456789012:key/1';

test('a repository is made with tags that stay, but those that move, a scan on push and encryption', () => {
  expect(createRequest('shop/ui', settings)).toEqual({
    repositoryName: 'shop/ui',
    imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
    imageTagMutabilityExclusionFilters: [
      { filterType: 'WILDCARD', filter: 'latest' },
      { filterType: 'WILDCARD', filter: 'cache-*' },
    ],
    imageScanningConfiguration: { scanOnPush: true },
    encryptionConfiguration: { encryptionType: 'AES256' },
  });
});

test('where no tag moves, all are immutable; a key makes it KMS', () => {
  const request = createRequest('shop/ui', { ...settings, movingTags: [], kmsKey: key });
  expect(request).toMatchObject({
    imageTagMutability: 'IMMUTABLE',
    encryptionConfiguration: { encryptionType: 'KMS', kmsKey: key },
  });
  expect(request).not.toHaveProperty('imageTagMutabilityExclusionFilters');
});

const now = new Date('2026-11-25T12:00:00Z');
const made = { ...createRequest('shop/ui', settings), createdAt: new Date('2026-11-24T12:00:00Z') };
const lifecycle = JSON.stringify(lifecyclePolicy(14));
const rule = (selection: object) => JSON.stringify({ rules: [{ selection, action: { type: 'expire' } }] });
const other = JSON.stringify(lifecyclePolicy(3));

test.each<[string, object, string | undefined, Partial<RepositorySettings>, RegExp[]]>([
  ['as it would be made', {}, lifecycle, {}, []],
  ['with more encryption than asked for', { encryptionConfiguration: { encryptionType: 'KMS', kmsKey: key } }, lifecycle, {}, []],
  ['whose tags all move', { imageTagMutability: 'MUTABLE' }, lifecycle, {}, [/every tag may move/]],
  ['whose tags all stay', { imageTagMutability: 'IMMUTABLE' }, lifecycle, {}, [/no tag may move, where only latest, cache-\*/]],
  [
    'that lets other tags move',
    { imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: 'main' }] },
    lifecycle,
    {},
    [/tags that may move are main/],
  ],
  ['that is not scanned', { imageScanningConfiguration: { scanOnPush: false } }, lifecycle, {}, [/not scanned on push/]],
  ['without the key', {}, lifecycle, { kmsKey: key }, [/by AES256, not by arn/]],
  [
    'with another key',
    { encryptionConfiguration: { encryptionType: 'KMS', kmsKey: `${key}2` } },
    lifecycle,
    { kmsKey: key },
    [/key\/12, not by/],
  ],
  ['without lifecycle policy', {}, undefined, {}, [/no rule/]],
  ['made a moment ago, still without lifecycle policy', { createdAt: new Date('2026-11-25T11:59:50Z') }, undefined, {}, []],
  ['with other days', {}, other, {}, [/sinceImagePushed 3, not 14 days/]],
  [
    'that lets staging images expire by pattern',
    {},
    rule({ tagStatus: 'tagged', tagPatternList: ['build-*'], countType: 'sinceImagePushed', countUnit: 'days', countNumber: 14 }),
    {},
    [],
  ],
  [
    'with a policy of something else',
    {},
    rule({ tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 9 }),
    {},
    [/no rule/],
  ],
])('a repository %s differs accordingly', (_, change, policy, more, expected) => {
  const found = { repository: { ...made, ...change }, lifecycle: policy };
  const differences = differencesOf(found, { settings: { ...settings, ...more }, now });
  expect(differences).toEqual(expected.map(words => expect.stringMatching(words)));
});
