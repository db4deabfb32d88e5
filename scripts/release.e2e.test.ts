import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseReference, releaseTag } from '@eks-gitops/images';
import { openRegistry, parseManifest } from '@eks-gitops/images/registry';
import {
  type BareRepository,
  type Ecr,
  findTool,
  type GitServer,
  inSandbox,
  readFiles,
  startGitServer,
} from '@eks-gitops/testbed';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { z } from 'zod';
import { type ExamplesWorld, startExamplesWorld } from './examples-world.ts';
import { commitAll } from './lab-checkout.ts';
import { gitopsLogin, type LabCluster, startLabCluster } from './lab-cluster.ts';
import { clusterTools } from './lab-tools.ts';

const root = dirname(import.meta.dirname);
const minutes = 60_000;
/** The one action that the quick release really bundles. */
const bundled = 'wait-ingress';
const identity = Object.fromEntries(
  ['AUTHOR', 'COMMITTER'].flatMap(who => [
    [`GIT_${who}_NAME`, 'a user'],
    [`GIT_${who}_EMAIL`, 'user@example.com'],
  ]),
);

let folder = '';
const at = (...path: readonly string[]): string => join(folder, ...path);

async function git(cwd: string, ...args: readonly string[]): Promise<string> {
  return (await execa('git', args, { cwd, env: identity })).stdout;
}

function release(...args: readonly string[]) {
  const command = [join('scripts', 'release.ts'), ...args];
  return execa(process.execPath, command, { cwd: at('clone'), env: identity, all: true, reject: false });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eks-gitops-release-test-'));
  await git(folder, 'clone', '--quiet', '--bare', '--no-tags', root, at('bare'));
  await git(folder, 'clone', '--quiet', at('bare'), at('clone'));
  // The packages that the script itself needs; git does not see them.
  await writeFile(at('clone', '.git', 'info', 'exclude'), '/node_modules\n');
  await execa('ln', ['-s', join(root, 'node_modules'), at('clone', 'node_modules')]);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('a release is refused while the tree has changes', async () => {
  await writeFile(at('clone', 'stray'), '');
  const { exitCode, all } = await release('1.0.0');
  await rm(at('clone', 'stray'));
  expect(exitCode).toBe(1);
  expect(all).toContain('?? stray');
});

test(
  'a dry run builds everything and keeps nothing',
  async () => {
    await git(at('clone'), 'checkout', '--quiet', '--detach');
    for (const action of await readdir(at('clone', 'actions'))) {
      // Bundling is most of a release's time, and one bundle shows as much as all.
      if (action !== bundled) await writeFile(at('clone', 'actions', action, 'src', 'main.ts'), '');
    }
    await git(at('clone'), 'commit', '--quiet', '--all', '--message=Have all actions but one do nothing');
    const { exitCode, all } = await release('1.0.0');
    expect(all).toMatch(/Built \d+ files twice, byte-identical\./);
    expect(all).toContain('With --publish, v1.0.0 would be pushed and v1 (a new tag) moved');
    expect(exitCode).toBe(0);
    expect(await git(at('bare'), 'tag')).toBe('');
    expect(await git(at('clone'), 'worktree', 'list')).not.toContain('\n');
    await git(at('clone'), 'checkout', '--quiet', '-');
  },
  6 * minutes,
);

const needs = [
  ...(['sandbox', 'act', 'buildx', 'buildkitd', 'docker-registry', 'runc'] as const),
  ...(['qemu-aarch64', 'busybox-amd64', 'busybox-arm64', 'moto'] as const),
];
const testInSandbox = await testNeeding(...needs);
const testWithCluster = await testNeeding(...needs, ...clusterTools);
const canHaveCluster = (await Promise.all(clusterTools.map(findTool))).every(tool => tool !== undefined);

describe('a published release', () => {
  beforeAll(async () => {
    const { exitCode, all } = await release('1.0.0', '--publish');
    if (exitCode !== 0) throw new Error(all);
  }, 6 * minutes);

  test('is a commit off main with the bundles and their licences, named by both tags', async () => {
    const tags = await git(at('bare'), 'for-each-ref', '--format=%(refname) %(objectname)', 'refs/tags');
    const commit = await git(at('bare'), 'rev-parse', 'v1.0.0');
    expect(tags).toBe(`refs/tags/v1 ${commit}\nrefs/tags/v1.0.0 ${commit}`);
    expect(await git(at('bare'), 'rev-parse', 'v1.0.0^')).toBe(await git(at('bare'), 'rev-parse', 'HEAD'));
    const files = (await git(at('bare'), 'ls-tree', '-r', '--name-only', 'v1')).split('\n');
    for (const action of await readdir(join(root, 'actions'))) {
      expect(files).toEqual(expect.arrayContaining([`actions/${action}/dist/main.js`, `actions/${action}/dist/licenses.txt`]));
    }
    expect(await git(at('bare'), 'ls-tree', '-r', '--name-only', 'HEAD')).not.toContain('/dist/');
  });

  test('is not made twice', async () => {
    const { exitCode, all } = await release('1.0.0', '--publish');
    expect(exitCode).toBe(1);
    expect(all).toContain('v1.0.0 is released already');
  });

  describe('under act, with a registry that plays ECR,', () => {
    let world: ExamplesWorld | undefined;
    let gitops: GitServer | undefined;
    beforeAll(async () => {
      if (!inSandbox()) return;
      await git(folder, 'clone', '--quiet', '--branch=v1', at('bare'), at('released'));
      world = await startExamplesWorld({ folder, released: at('released') });
      gitops = await startGitServer({ login: gitopsLogin });
    }, 6 * minutes);
    afterAll(() => Promise.all([world?.stop(), gitops?.stop()]));

    testInSandbox(
      'the example that publishes an image runs unchanged',
      async () => {
        const { checkOut, run, ecr } = there(world);
        const shop = await checkOut('publish-image');
        await run({ example: 'publish-image', shop });
        expect(await publishedPlatforms(shop, ecr)).toEqual(['linux/amd64', 'linux/arm64']);
      },
      6 * minutes,
    );

    testInSandbox(
      'the example that goes on to the GitOps repository runs unchanged, once that is set up',
      async () => {
        const { checkOut, run, ecr } = there(world);
        const repository = await there(gitops).createRepository('gitops.git', await readFiles(sample));
        await setUp(there(world), repository, ['--automation=action']);
        const shop = await checkOut('release');
        await run({ example: 'release', shop, variables: { GITOPS_REPOSITORY: repository.url }, secrets: token });
        expect(await repository.read('apps/ui/deployment.yaml')).toContain(
          `${await imageOf(shop, ecr)}" # {"$imagepolicy": "flux-system:ui"}`,
        );
        expect(await sourceCommit(repository)).toBe(await git(shop, 'rev-parse', 'HEAD'));
      },
      6 * minutes,
    );

    describe('and a cluster', () => {
      let lab: LabCluster | undefined;
      beforeAll(async () => {
        if (canHaveCluster && world !== undefined) lab = await startLabCluster(world.ecr);
      }, 6 * minutes);
      afterAll(() => lab?.stop());

      testWithCluster(
        'the examples that go on to the answering page run unchanged, commit by commit, whether an action or Flux commits the tag',
        async () => {
          const { checkOut, run, ecr, command } = there(world);
          const { name, repository, eks } = there(lab);
          const variables = { CLUSTER: name, GITOPS_REPOSITORY: repository.url };
          const shop = await checkOut('deploy');

          await setUp(there(world), repository, ['--automation=action', '--ingress', '--ingress-namespace=ui']);
          await run({ example: 'deploy', shop, variables, secrets: token });
          expect(await sourceCommit(repository)).toBe(await git(shop, 'rev-parse', 'HEAD'));
          expect(await answeredTitle(there(lab))).toBe('Retail Store Sample');

          await retitle(shop, { from: 'Retail Store Sample', to: 'Retail Store Sample New' });
          await run({ example: 'deploy', shop, variables, secrets: token });
          expect(await runningImages(there(lab))).toEqual([await imageOf(shop, ecr)]);
          expect(await answeredTitle(there(lab))).toBe('Retail Store Sample New');

          await setUp(there(world), repository, ['--automation=flux']);
          const revision = await repository.git('rev-parse', 'main');
          await command(['flux-reconcile', `--cluster-name=${name}`, '--kustomization=apps', `--revision=${revision}`], ecr.env);
          await retitle(shop, { from: 'Retail Store Sample New', to: 'Retail Store Sample Newest' });
          await run({ example: 'deploy-by-flux', shop, variables: { CLUSTER: name } });
          expect(await repository.git('log', '-1', '--format=%an', 'main')).toBe('fluxcdbot');
          expect(await runningImages(there(lab))).toEqual([await imageOf(shop, ecr)]);
          expect(await answeredTitle(there(lab))).toBe('Retail Store Sample Newest');

          expect([...new Set(eks.reviewed())]).toEqual(['arn:aws:sts::123456789012:assumed-role/ci/lab']);
        },
        10 * minutes,
      );
    });
  });
});

const sample = join(root, 'workflows-examples', 'gitops');
const token = { GITOPS_TOKEN: gitopsLogin.password };

function there<T>(started: T | undefined): T {
  if (started === undefined) throw new Error('It was not started.');
  return started;
}

type GitOpsRepository = BareRepository & { readonly url: string };

/** As the platform team would once. */
async function setUp({ command, ecr }: ExamplesWorld, { url }: GitOpsRepository, more: readonly string[]): Promise<void> {
  const about = ['--policy=flux-system:ui', `--image=${ecr.host}/shop/ui`];
  const current = '--current-image=public.ecr.aws/aws-containers/retail-store-sample-ui';
  const args = ['setup-flux-image', `--repository=${url}`, '--path=apps', ...about, current, ...more];
  await command(args, { INPUT_TOKEN: gitopsLogin.password });
}

async function retitle(shop: string, { from, to }: { from: string; to: string }): Promise<void> {
  const layout = join(shop, 'src', 'ui', 'page', 'layout.html');
  await writeFile(layout, (await readFile(layout, 'utf8')).replaceAll(from, to));
  await commitAll(shop, `Call the shop ${to}`);
}

/** The commit that bump-flux-image has said that its image is of. */
function sourceCommit(repository: BareRepository): Promise<string> {
  return repository.git('log', '-1', '--format=%(trailers:key=Source-Commit,valueonly,separator=)');
}

/** The image by which the commit of a checkout is published. */
async function imageOf(shop: string, ecr: Ecr): Promise<string> {
  const [revision = '', time = ''] = (await git(shop, 'log', '-1', '--format=%H %cI')).split(' ');
  return `${ecr.host}/shop/ui:${releaseTag({ time: new Date(time), revision })}`;
}

async function publishedPlatforms(shop: string, ecr: Ecr): Promise<readonly string[]> {
  const signal = AbortSignal.timeout(minutes);
  const registry = openRegistry({ credentials: async () => ({ kind: 'basic', ...ecr.login }), signal });
  const subject = await imageOf(shop, ecr);
  const document = parseManifest({ ...(await registry.getManifest(parseReference(subject))), subject });
  await registry.close();
  const descriptors = document.kind === 'index' ? document.index.manifests : [];
  const platforms = descriptors.flatMap(({ platform }) =>
    platform === undefined ? [] : [`${platform.os}/${platform.architecture}`],
  );
  return platforms.filter(platform => platform !== 'unknown/unknown').sort();
}

const pods = z.array(z.object({ spec: z.object({ containers: z.tuple([z.object({ image: z.string() })]) }) }));

/** What the app's pods were made of, each image once. */
async function runningImages({ eks: { cluster } }: LabCluster): Promise<readonly string[]> {
  const found = await cluster.api.list({ apiVersion: 'v1', kind: 'Pod', namespace: 'ui' });
  return [...new Set(pods.parse(found).map(({ spec }) => spec.containers[0].image))];
}

const ingress = z.object({
  status: z.object({ loadBalancer: z.object({ ingress: z.tuple([z.object({ hostname: z.string() })]) }) }),
});

/** The title of the page under the load balancer's name. */
async function answeredTitle({ eks: { cluster } }: LabCluster): Promise<string | undefined> {
  const name = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { namespace: 'ui', name: 'ui' } };
  const { status } = ingress.parse(await cluster.api.get(name));
  const page = await (await fetch(`http://${status.loadBalancer.ingress[0].hostname}/home`)).text();
  return /<title>(.*)<\/title>/.exec(page)?.[1];
}
