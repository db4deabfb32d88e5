import { expect, test } from '@jest/globals';
import type { Descriptor } from '../registry/index.ts';
import { assembleIndex } from './assemble-index.ts';

const commit = { revision: 'a'.repeat(40), time: new Date('2026-11-23T10:00:00.500Z') };
const descriptor: Descriptor = {
  platform: { os: 'linux', architecture: 'arm64' },
  size: 3,
  digest: `sha256:${'1'.repeat(64)}`,
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
};
const text = (descriptors: Descriptor[], annotations: Record<string, string> = {}) =>
  Buffer.from(assembleIndex({ descriptors, commit, annotations }).bytes).toString();

test('an index lists its descriptors, tells its commit, and is laid out the same whatever the order of fields was', () => {
  expect(text([descriptor], { b: '2', a: '1' })).toBe(`{
  "schemaVersion": 2,
  "mediaType": "application/vnd.oci.image.index.v1+json",
  "manifests": [
    {
      "mediaType": "application/vnd.oci.image.manifest.v1+json",
      "digest": "sha256:${'1'.repeat(64)}",
      "size": 3,
      "platform": {
        "architecture": "arm64",
        "os": "linux"
      }
    }
  ],
  "annotations": {
    "a": "1",
    "b": "2",
    "eks-gitops.commit-time": "2026-11-23T10:00:00Z",
    "org.opencontainers.image.revision": "${'a'.repeat(40)}"
  }
}`);
});

test('the commit cannot be overridden by an annotation', () => {
  expect(text([descriptor], { 'org.opencontainers.image.revision': 'forged' })).not.toContain('forged');
});

test('a descriptor that comes twice is listed once, with the annotations of both', () => {
  const [first] = JSON.parse(
    text([
      { ...descriptor, annotations: { a: '1' } },
      { ...descriptor, annotations: { b: '2' } },
    ]),
  ).manifests;
  expect(first.annotations).toEqual({ a: '1', b: '2' });
  expect(JSON.parse(text([descriptor, descriptor])).manifests.length).toBe(1);
});
