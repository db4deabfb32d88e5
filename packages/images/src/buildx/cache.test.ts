import { expect, test } from '@jest/globals';
import { parsePlatform } from '../platform.ts';
import { type CacheItems, type CacheRequest, cacheItems } from './cache.ts';

const request: CacheRequest = {
  kind: 'registry',
  repository: { registry: 'registry.example.com', path: 'shop/ui' },
  platform: parsePlatform('linux/arm64'),
  scope: '0a1b2c3d',
  branch: undefined,
  write: true,
};
const trunk = 'type=registry,ref=registry.example.com/shop/ui:cache-arm64-0a1b2c3d';
const own = `${trunk}-fix-1c6e6c4c`;
const kept = 'mode=max,image-manifest=true,oci-mediatypes=true,ignore-error=true';
const github = 'type=gha,scope=cache-arm64-0a1b2c3d';

test.each<[string, Partial<CacheRequest>, CacheItems]>([
  ['none', { kind: 'none' }, { from: [], to: [] }],
  ['registry, on the default branch', {}, { from: [trunk], to: [`${trunk},${kept}`] }],
  ['registry, on another branch', { branch: 'fix' }, { from: [own, trunk], to: [`${own},${kept}`] }],
  ['registry, read alone', { branch: 'fix', write: false }, { from: [own, trunk], to: [] }],
  ['gha', { kind: 'gha' }, { from: [github], to: [`${github},mode=max,ignore-error=true`] }],
  ['gha, on another branch', { kind: 'gha', branch: 'fix' }, { from: [github], to: [`${github},mode=max,ignore-error=true`] }],
  ['gha, read alone', { kind: 'gha', write: false }, { from: [github], to: [] }],
])('%s', (_, change, expected) => {
  expect(cacheItems({ ...request, ...change })).toEqual(expected);
});
