import { parseRepository } from '@eks-gitops/images';
import { openRegistry } from '@eks-gitops/images/registry';
import {
  type CommandWorld,
  type GitServer,
  makeCommandWorld,
  pushSyntheticImage,
  type Registry,
  startGitServer,
  startRegistry,
} from '@eks-gitops/testbed';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { tagAt } from './tag-at.ts';

const test = await testNeeding('docker-registry');

describe('the image', () => {
  let git: GitServer;
  let registry: Registry;
  let world: CommandWorld;
  let image = '';
  let digest = '';
  let url = '';
  beforeAll(async () => {
    [git, registry, world] = await Promise.all([startGitServer(), startRegistry(), makeCommandWorld('bump-flux-image')]);
    image = `${registry.host}/shop/ui:${tagAt(30)}`;
    const client = openRegistry({ credentials: async () => ({ kind: 'anonymous' }), signal: AbortSignal.timeout(30_000) });
    const about = { platform: 'linux/amd64', revision: 'a'.repeat(40), commitTime: '2026-11-23T10:17:30Z', tag: tagAt(30) };
    ({ digest } = await pushSyntheticImage({
      registry: client,
      repository: parseRepository(`${registry.host}/shop/ui`),
      ...about,
    }));
    await client.close();
    const repository = await git.createRepository('gitops.git', {
      'ui.yaml': 'image: ui:1 # {"$imagepolicy": "flux-system:ui"}\n',
    });
    ({ url } = repository);
  });
  afterAll(async () => {
    await Promise.all([git.stop(), registry.stop(), world.remove()]);
  });

  const bump = (...args: string[]) => world.run([`--repository=${url}`, '--policy=ui', ...args]);

  test('that the registry does not hold is not written', async () => {
    const run = await bump(`--image=${registry.host}/shop/ui:missing`);
    expect(run).toMatchObject({ exitCode: 1, error: { code: 'REGISTRY_NOT_FOUND' } });
  });

  test('whose tag names another digest is not written', async () => {
    const run = await bump(`--image=${image}@sha256:${'e'.repeat(64)}`);
    expect(run).toMatchObject({ exitCode: 1, error: { code: 'IMAGE_UNEXPECTED', found: digest } });
  });

  test('is pinned by the digest that the registry tells', async () => {
    const run = await bump(`--image=${image}`, '--pin-digest=true');
    expect(run).toMatchObject({ exitCode: 0, outputs: { updated: `flux-system:ui=${image}@${digest}` } });
  });

  test('of a registry that cannot be asked is written with a notice, unless it has to be verified', async () => {
    const unknown = '--image=localhost:1/shop/ui:1';
    expect(await bump(unknown, '--verify-image=true')).toMatchObject({ exitCode: 1, error: { code: 'REGISTRY_UNREACHABLE' } });
    const run = await bump(unknown);
    expect(run).toMatchObject({ exitCode: 0, outputs: { changed: 'true' } });
    expect(run.log).toContain('is not verified');
  });
});
