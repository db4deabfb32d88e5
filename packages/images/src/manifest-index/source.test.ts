import { describe, expect, test } from '@jest/globals';
import { parseRepository } from '../reference.ts';
import { type Descriptor, digestOf, mediaTypes } from '../registry/index.ts';
import { narrowEntries, parseSource, readEntries } from './source.ts';

const own = parseRepository('localhost:5000/shop/ui');
const digest = digestOf(Buffer.from('x'));

test.each([
  [digest, { ...own, digest }],
  ['build-1-amd64', { ...own, tag: 'build-1-amd64' }],
  ['localhost:5000/shop/other:v1', { registry: 'localhost:5000', path: 'shop/other', tag: 'v1' }],
  [`ghcr.io/a/b@${digest}`, { registry: 'ghcr.io', path: 'a/b', digest }],
  ['nginx:1', { registry: 'docker.io', path: 'library/nginx', tag: '1' }],
])('the source %s is found', (text, expected) => {
  expect(parseSource(text, own)).toEqual(expected);
});

test.each(['', '--x', 'sha256:abc', 'localhost:5000/shop/other'])('"%s" is no source', text => {
  expect(() => parseSource(text, own)).toThrow(expect.objectContaining({ code: 'REFERENCE_INVALID' }));
});

describe('an index as a source', () => {
  const image = (name: string): Descriptor => ({
    mediaType: mediaTypes.ociManifest,
    digest: digestOf(Buffer.from(name)),
    size: 1,
  });
  const attestation = (name: string): Descriptor => ({
    ...image(`attestation of ${name}`),
    platform: { os: 'unknown', architecture: 'unknown' },
    annotations: { 'vnd.docker.reference.type': 'attestation-manifest', 'vnd.docker.reference.digest': image(name).digest },
  });
  const manifests = [image('a'), attestation('a'), image('b'), attestation('b')];
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests }));
  const entries = readEntries({ name: 'it', content: { mediaType: mediaTypes.ociIndex, digest: digestOf(bytes), bytes } });

  test('is sorted into images and attestations, in its own order', () => {
    expect(entries.map(({ kind, descriptor }) => [kind, descriptor])).toEqual(
      manifests.map((one, at) => [at % 2 === 0 ? 'image' : 'attestation', one]),
    );
  });

  test('is narrowed to one image with its own attestations', () => {
    expect(narrowEntries(entries, image('b').digest)?.map(({ descriptor }) => descriptor)).toEqual([
      image('b'),
      attestation('b'),
    ]);
    expect(narrowEntries(entries, digestOf(Buffer.from('c')))).toBeUndefined();
  });
});

test.each([
  ['application/vnd.docker.distribution.manifest.v1+prettyjws', '{}', 'SOURCE_INVALID'],
  ['', '{}', 'SOURCE_INVALID'],
  [mediaTypes.ociIndex, '{"schemaVersion":2}', 'REGISTRY_RESPONSE'],
  [
    mediaTypes.ociManifest,
    '{"schemaVersion":2,"layers":[],"config":{"mediaType":"x","digest":"sha256:short","size":1}}',
    'REGISTRY_RESPONSE',
  ],
])('a source of type "%s" that holds %s is %s', (mediaType, text, code) => {
  const bytes = Buffer.from(text);
  expect(() => readEntries({ name: 'it', content: { mediaType, digest: digestOf(bytes), bytes } })).toThrow(
    expect.objectContaining({ code }),
  );
});
