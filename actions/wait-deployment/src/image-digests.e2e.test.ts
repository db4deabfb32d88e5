import { parseRepository } from '@eks-gitops/images';
import { openRegistry, parseManifest, type Registry as RegistryClient } from '@eks-gitops/images/registry';
import { type PushedImage, pushSyntheticImage, type Registry, startRegistry } from '@eks-gitops/testbed';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { type ImageDigests, openImageDigests } from './image-digests.ts';

const test = await testNeeding('docker-registry');

describe('a digest that a pod reports is', () => {
  let server: Registry;
  let client: RegistryClient;
  let digests: ImageDigests;
  let ours: PushedImage;

  beforeAll(async () => {
    server = await startRegistry();
    client = openRegistry({ credentials: async () => ({ kind: 'anonymous' }), signal: AbortSignal.timeout(50_000) });
    digests = openImageDigests(() => client, `${server.host}/shop/ui`);
    ours = await push({ attested: true, tag: 'v1' });
  });

  afterAll(async () => {
    await client?.close();
    await server?.stop();
  });

  const push = (more: { attested?: boolean; tag?: string; content?: string; format?: 'docker' }): Promise<PushedImage> =>
    pushSyntheticImage({
      registry: client,
      repository: parseRepository(`${server.host}/shop/ui`),
      ...{ platform: 'linux/amd64', revision: 'a'.repeat(40), commitTime: '2026-11-23T10:17:30Z' },
      ...more,
    });

  test('ours when it is the index, a manifest of it, or the configuration of one', async () => {
    const content = await client.getManifest({ ...parseRepository(`${server.host}/shop/ui`), digest: ours.digest });
    const manifest = parseManifest({ ...content, subject: 'ours' });
    const config = manifest.kind === 'image' ? manifest.manifest.config.digest : '';
    expect(await digests.resolve('v1')).toBe(ours.root);
    for (const digest of [ours.root, ours.digest, config]) expect(await digests.isSame(ours.root, digest)).toBe(true);
  });

  test('ours when it is another manifest of the same configuration', async () => {
    const copy = await push({ format: 'docker' });
    expect(copy.digest).not.toBe(ours.digest);
    expect(await digests.isSame(ours.root, copy.digest)).toBe(true);
  });

  test('another when its configuration is, when the registry does not hold it, and when it is no digest', async () => {
    const other = await push({ attested: true, content: 'other' });
    for (const digest of [other.root, other.digest, `sha256:${'0'.repeat(64)}`, 'latest']) {
      expect(await digests.isSame(ours.root, digest)).toBe(false);
    }
  });
});
