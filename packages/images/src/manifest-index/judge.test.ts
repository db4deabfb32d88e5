import { describe, expect, test } from '@jest/globals';
import { parsePlatform } from '../platform.ts';
import { type Descriptor, digestOf, type ManifestContent, mediaTypes } from '../registry/index.ts';
import { assembleIndex } from './assemble-index.ts';
import { readHeld } from './held.ts';
import { type Candidate, judgeFixed, judgeMoving } from './judge.ts';

const commit = { revision: 'a'.repeat(40), time: new Date('2026-11-23T10:00:00Z') };
const platforms = ['linux/amd64', 'linux/arm64'];

interface Shape {
  readonly revision?: string;
  readonly time?: string;
  readonly platforms?: string[];
  readonly build?: string;
}

function indexOf({
  revision = commit.revision,
  time = '2026-11-23T10:00:00Z',
  platforms: held = platforms,
  build = '',
}: Shape = {}): ManifestContent {
  const images = held.map((platform): Descriptor => {
    return {
      mediaType: mediaTypes.ociManifest,
      digest: digestOf(Buffer.from(platform + build)),
      size: 1,
      platform: parsePlatform(platform),
    };
  });
  const attestation: Descriptor = {
    mediaType: mediaTypes.ociManifest,
    digest: digestOf(Buffer.from(`attestation${build}`)),
    size: 1,
    platform: { os: 'unknown', architecture: 'unknown' },
    annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
  };
  return assembleIndex({ descriptors: [...images, attestation], commit: { revision, time: new Date(time) }, annotations: {} });
}

function document(fields: object): ManifestContent {
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, ...fields }));
  return { mediaType: 'mediaType' in fields ? String(fields.mediaType) : '', digest: digestOf(bytes), bytes };
}

const config: Descriptor = { mediaType: 'c', digest: digestOf(Buffer.from('config')), size: 1 };
const image = document({ mediaType: mediaTypes.ociManifest, config, layers: [] });
const stranger = document({ mediaType: mediaTypes.ociIndex, manifests: [] });
const broken: ManifestContent = { mediaType: mediaTypes.ociIndex, digest: digestOf(Buffer.from('{')), bytes: Buffer.from('{') };
const candidate: Candidate = { content: indexOf(), commit, platforms };
const name = 'r.example/shop:tag';

describe('a release tag', () => {
  const judge = (held: ManifestContent | undefined, onExistingTag: 'adopt' | 'replace' | 'fail' = 'adopt') =>
    judgeFixed({ name, held: readHeld(held), candidate, onExistingTag });

  test('that does not exist is written', () => {
    expect(judge(undefined).kind).toBe('write');
    expect(judge(undefined, 'fail').kind).toBe('write');
  });

  test('that holds an index of the same commit and platforms is adopted, also from another build', () => {
    const other = indexOf({ build: 'second attempt', platforms: [...platforms].reverse() });
    expect(judge(other)).toEqual({ kind: 'adopt', content: other });
  });

  test.each([
    ['another commit', indexOf({ revision: 'b'.repeat(40) }), `of commit ${'b'.repeat(40)}`],
    ['a platform less', indexOf({ platforms: ['linux/amd64'] }), 'the index sha256:'],
    ['a platform more', indexOf({ platforms: [...platforms, 'linux/s390x'] }), 'linux/amd64, linux/arm64, linux/s390x'],
    ['an index of nobody knows what', stranger, 'of no platform, of an unknown commit'],
    ['the image of one platform', image, 'the single image'],
    ['something malformed', broken, mediaTypes.ociIndex],
  ])('that holds %s is TAG_CONFLICT, and the error says what it holds', (_, held, words) => {
    expect(() => judge(held)).toThrow(
      expect.objectContaining({
        code: 'TAG_CONFLICT',
        failure: expect.objectContaining({ found: expect.stringContaining(words) }),
      }),
    );
  });

  test('that exists is TAG_EXISTS for fail, and overwritten with a notice for replace', () => {
    expect(() => judge(indexOf(), 'fail')).toThrow(expect.objectContaining({ code: 'TAG_EXISTS' }));
    expect(judge(image, 'replace')).toEqual({ kind: 'write', notice: expect.stringContaining('the single image') });
    expect(judge(indexOf(), 'replace').kind).toBe('adopt');
  });
});

describe('a tag that moves', () => {
  const judge = (held: ManifestContent | undefined) => judgeMoving({ name, held: readHeld(held), candidate });

  test.each([
    ['nothing', undefined, 'write'],
    ['an older commit', indexOf({ revision: 'b'.repeat(40), time: '2026-11-23T09:59:59Z' }), 'write'],
    ['a commit of the same second', indexOf({ revision: 'b'.repeat(40) }), 'write'],
    ['another build of the same commit', indexOf({ build: 'second attempt' }), 'write'],
    ['our index', candidate.content, 'holds'],
    ['a newer commit', indexOf({ revision: 'b'.repeat(40), time: '2026-11-23T10:00:01Z' }), 'newer'],
  ])('on %s: %s', (_, held, kind) => {
    expect(judge(held)).toMatchObject({ kind });
    expect(judge(held)).not.toHaveProperty('notice');
  });

  test.each([
    ['an image', image],
    ['an index without our annotations', stranger],
    ['something malformed', broken],
  ])('on %s is replaced with a notice', (_, held) => {
    expect(judge(held)).toEqual({ kind: 'write', notice: expect.stringContaining('it is replaced') });
  });
});
