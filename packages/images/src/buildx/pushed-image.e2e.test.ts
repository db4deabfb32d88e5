import { pushSyntheticImage, type SyntheticImage, startRegistry, type Registry as TestRegistry } from '@eks-gitops/testbed';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { parsePlatform } from '../platform.ts';
import { mediaTypes, openRegistry, type Registry } from '../registry/index.ts';
import { labelsOf, readPushedImage, stageImage, verifyPushedImage } from './pushed-image.ts';

const testRegistry = await testNeeding('docker-registry');

const expected = {
  platform: parsePlatform('linux/arm64'),
  revision: 'a'.repeat(40),
  commitTime: '2024-05-06T07:08:09Z',
  inputs: 'b'.repeat(64),
};
let server: TestRegistry;
let immutable: TestRegistry;
let registry: Registry;

beforeAll(async () => {
  [server, immutable] = await Promise.all([startRegistry(), startRegistry({ immutable: true })]);
  registry = openRegistry({ credentials: async () => ({ kind: 'anonymous' }), signal: new AbortController().signal });
}, 60_000);

afterAll(() => Promise.all([server?.stop(), immutable?.stop()]));

const repository = (host = server.host) => ({ registry: host, path: 'shop/ui' });

async function push(change: Partial<SyntheticImage> = {}) {
  const image = {
    platform: 'linux/arm64',
    revision: expected.revision,
    commitTime: expected.commitTime,
    labels: labelsOf(expected),
  };
  const pushed = await pushSyntheticImage({ registry, repository: repository(), ...image, ...change });
  const target = change.repository ?? repository();
  return { ...pushed, read: await readPushedImage(registry, { ...target, digest: pushed.root }) };
}

describe('what was pushed is read back', () => {
  for (const attested of [true, false])
    testRegistry(`with the digest of its own manifest (in an index with attestations: ${attested})`, async () => {
      const { digest, root, read } = await push({ attested });
      expect(read).toMatchObject({ digest, content: { digest: root }, platform: expected.platform });
      verifyPushedImage(read, expected, 'it');
    });

  const wrong: readonly [string, Partial<SyntheticImage>, { expected: string; found: string }][] = [
    ['another platform', { platform: 'linux/arm/v7' }, { expected: 'linux/arm64', found: 'linux/arm/v7' }],
    [
      'no labels',
      { labels: {} },
      { expected: `org.opencontainers.image.revision=${expected.revision}`, found: 'no org.opencontainers.image.revision' },
    ],
    [
      'other inputs',
      { labels: { ...labelsOf(expected), 'eks-gitops.inputs': 'c' } },
      { expected: `eks-gitops.inputs=${expected.inputs}`, found: 'eks-gitops.inputs=c' },
    ],
  ];
  for (const [what, change, failure] of wrong)
    testRegistry(`and refused with ${what}`, async () => {
      const { read } = await push(change);
      const verifying = (async () => verifyPushedImage(read, expected, 'it'))();
      await expect(verifying).rejects.toMatchObject({ code: 'IMAGE_UNEXPECTED', failure });
    });

  testRegistry('and refused when it is not one image', async () => {
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [] }));
    const reference = { ...repository(), tag: 'empty' };
    await registry.putManifest({ reference, mediaType: mediaTypes.ociIndex, bytes, tries: 'once' });
    await expect(readPushedImage(registry, reference)).rejects.toMatchObject({
      code: 'IMAGE_UNEXPECTED',
      failure: { found: '0 images' },
    });
  });
});

describe('a staging tag', () => {
  const stage = async (change: Partial<SyntheticImage>, host: string) => {
    const notices: string[] = [];
    const { read } = await push({ ...change, repository: repository(host) });
    const request = {
      repository: repository(host),
      tag: 'build-1',
      image: read,
      expected,
      onNotice: (notice: string) => notices.push(notice),
    };
    return { read, staged: await stageImage(registry, request), notices };
  };

  testRegistry('moves to the last image', async () => {
    await stage({ content: 'one' }, server.host);
    const { read } = await stage({ content: 'two' }, server.host);
    expect(await readPushedImage(registry, { ...repository(), tag: 'build-1' })).toMatchObject({ digest: read.digest });
  });

  testRegistry('that cannot be moved gives the image it holds, when that is the same build', async () => {
    const first = await stage({ content: 'one' }, immutable.host);
    const second = await stage({ content: 'two', attested: true }, immutable.host);
    expect(second.staged.digest).toBe(first.read.digest);
    expect(second.notices).toEqual([expect.stringContaining('adopted')]);
  });

  testRegistry('that cannot be moved and holds another build is a conflict', async () => {
    await stage({}, immutable.host);
    const { read: image } = await push({ content: 'other', repository: repository(immutable.host) });
    const request = { repository: repository(immutable.host), tag: 'build-1', image, onNotice: () => undefined };
    const staging = stageImage(registry, { ...request, expected: { ...expected, inputs: 'c'.repeat(64) } });
    await expect(staging).rejects.toMatchObject({
      code: 'TAG_CONFLICT',
      failure: { remedy: expect.stringContaining('scope') },
    });
  });
});
