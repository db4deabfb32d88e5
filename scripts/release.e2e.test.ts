import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { parseReference, releaseTag } from '@eks-gitops/images';
import { openRegistry, parseManifest } from '@eks-gitops/images/registry';
import {
  awsAccount,
  type BareRepository,
  type Buildkit,
  type Ecr,
  type GitServer,
  inSandbox,
  makeBusyboxLayout,
  type Registry,
  readFiles,
  requireTool,
  startBuildkit,
  startEcr,
  startGitServer,
  startRegistry,
} from '@eks-gitops/testbed';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';

const root = dirname(import.meta.dirname);
const minutes = 60_000;
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
    const { exitCode, all } = await release('1.0.0');
    expect(all).toMatch(/Built \d+ files twice, byte-identical\./);
    expect(all).toContain('With --publish, v1.0.0 would be pushed and v1 (a new tag) moved');
    expect(exitCode).toBe(0);
    expect(await git(at('bare'), 'tag')).toBe('');
    expect(await git(at('clone'), 'worktree', 'list')).not.toContain('\n');
  },
  6 * minutes,
);

const testInSandbox = await testNeeding(
  ...(['sandbox', 'act', 'buildx', 'buildkitd', 'docker-registry', 'runc'] as const),
  ...(['qemu-aarch64', 'busybox-amd64', 'busybox-arm64', 'moto'] as const),
);

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

  describe('under act, into a registry that plays ECR,', () => {
    let world: World | undefined;
    beforeAll(async () => {
      if (inSandbox()) world = await startWorld();
    }, 6 * minutes);
    afterAll(async () => {
      await Promise.all([world?.ecr, world?.mirror, world?.buildkit, world?.gitops].map(server => server?.stop()));
    });

    testInSandbox(
      'runs the example that publishes an image, unchanged',
      async () => {
        const { shop } = await runExample('publish-image', world);
        expect(await publishedPlatforms(shop, world)).toEqual(['linux/amd64', 'linux/arm64']);
      },
      6 * minutes,
    );

    testInSandbox(
      'runs the example that goes on to the GitOps repository, unchanged, once that is set up',
      async () => {
        await setUp(world);
        const { shop } = await runExample('release', world);
        expect(await publishedPlatforms(shop, world)).toEqual(['linux/amd64', 'linux/arm64']);
        const manifest = await world?.repository.read('apps/ui/deployment.yaml');
        expect(manifest).toContain(`${world?.ecr.host}/shop/ui:${await tagOf(shop)}" # {"$imagepolicy": "flux-system:ui"}`);
        expect(await world?.repository.git('log', '-1', '--format=%(trailers:key=Source-Commit,valueonly,separator=)')).toBe(
          await git(shop, 'rev-parse', 'HEAD'),
        );
      },
      6 * minutes,
    );
  });
});

interface World {
  readonly ecr: Ecr;
  readonly mirror: Registry;
  readonly buildkit: Buildkit;
  readonly buildx: string;
  readonly gitops: GitServer;
  readonly repository: BareRepository & { readonly url: string };
}

const gitopsLogin = { username: 'x-access-token', password: 'a-token-for-gitops' };

/** ECR's part, a registry with the base image under Docker Hub's name, a builder that knows both, and a GitOps repository. */
async function startWorld(): Promise<World> {
  const [ecr, mirror, buildx] = await Promise.all([startEcr(), startRegistry(), requireTool('buildx')]);
  const buildkit = await startBuildkit({
    registries: [
      { host: ecr.host, ca: ecr.certificateFile },
      { host: mirror.host, http: true },
      { host: 'docker.io', mirror: mirror.host },
    ],
  });
  const gitops = await startGitServer({ login: gitopsLogin });
  const sample = await readFiles(join(root, 'workflows-examples', 'gitops'));
  const world = { ecr, mirror, buildkit, buildx, gitops, repository: await gitops.createRepository('gitops.git', sample) };
  await execa(buildx, ['create', '--name=lab', '--driver=remote', buildkit.address], { env: homeOf() });
  await mkdir(at('programs'));
  await symlink(buildx, at('programs', 'buildx'));
  await pushBase(world);
  return world;
}

async function pushBase({ buildx, mirror }: World): Promise<void> {
  const layout = await makeBusyboxLayout({ folder: at('busybox'), tag: '1.36' });
  await mkdir(at('base'));
  await writeFile(at('base', 'Dockerfile'), 'FROM base\n');
  const image = `type=image,name=${mirror.host}/library/busybox:1.36,push=true`;
  const context = `base=oci-layout://${layout.folder}:1.36`;
  const platforms = '--platform=linux/amd64,linux/arm64';
  await execa(
    buildx,
    ['build', '--builder=lab', platforms, '--provenance=false', `--build-context=${context}`, `--output=${image}`, at('base')],
    {
      env: homeOf(),
    },
  );
}

/** With the command of this clone, as the platform team would once. */
async function setUp(world: World | undefined): Promise<void> {
  if (world === undefined) throw new Error('There is no world.');
  const args = [
    `--repository=${world.repository.url}`,
    '--path=apps',
    '--policy=flux-system:ui',
    `--image=${world.ecr.host}/shop/ui`,
    '--current-image=public.ecr.aws/aws-containers/retail-store-sample-ui',
    '--automation=action',
  ];
  const env = { ...homeOf(), INPUT_TOKEN: gitopsLogin.password };
  await execa(process.execPath, [join(root, 'packages/cli/src/bin.ts'), 'setup-flux-image', ...args], { env });
}

/** A checkout of the sample shop with an example as its workflow, and act's stand-ins for the actions that cannot be fetched here. */
async function runExample(name: 'publish-image' | 'release', world: World | undefined): Promise<{ readonly shop: string }> {
  if (world === undefined) throw new Error('There is no world.');
  const { ecr, buildx, repository } = world;
  const shop = at(name, 'shop');
  const [credentials, released] = [at(name, 'credentials'), at(name, 'v1')];
  await cp(join(root, 'workflows-examples', 'shop'), shop, { recursive: true });
  const workflows = join(shop, '.github', 'workflows');
  await Promise.all([workflows, credentials].map(folder => mkdir(folder, { recursive: true })));
  await cp(join(root, 'workflows-examples', 'github-actions', `${name}.yml`), join(workflows, `${name}.yml`));
  await writeFile(join(credentials, 'action.yml'), credentialsStandIn(ecr));
  await git(folder, 'clone', '--quiet', '--branch=v1', at('bare'), released);
  for (const one of [shop, credentials]) {
    await git(one, 'init', '--quiet', '--initial-branch=main');
    await git(one, 'add', '.');
    await git(one, 'commit', '--quiet', `--message=a commit for ${name}`);
  }
  const runners = ['ubuntu-latest', 'ubuntu-24.04-arm'].flatMap(runner => ['--platform', `${runner}=-self-hosted`]);
  const local = [`OWNER/eks-gitops-actions@v1=${released}`, `aws-actions/configure-aws-credentials@v5=${credentials}`].flatMap(
    one => ['--local-repository', one],
  );
  const variables = [`IMAGE=${ecr.host}/shop/ui`, 'AWS_ROLE=any', `GITOPS_REPOSITORY=${repository.url}`].flatMap(one => [
    '--var',
    one,
  ]);
  const { all, exitCode } = await execa(
    await requireTool('act'),
    ['push', '--no-cache-server', '--secret=GITOPS_TOKEN', ...runners, ...local, ...variables],
    {
      cwd: shop,
      env: {
        ...homeOf(),
        GITOPS_TOKEN: gitopsLogin.password,
        BUILDX_BUILDER: 'lab',
        PATH: [dirname(process.execPath), dirname(buildx), process.env['PATH']].join(delimiter),
      },
      all: true,
      reject: false,
      timeout: 5 * minutes,
    },
  );
  if (exitCode !== 0 || !all.includes('Job succeeded')) throw new Error(all);
  return { shop };
}

function homeOf(): Record<string, string> {
  return { HOME: folder, XDG_CACHE_HOME: at('cache'), DOCKER_CONFIG: at('docker') };
}

/** What configure-aws-credentials leaves behind, without AWS. */
function credentialsStandIn({ env }: Ecr): string {
  const lines = Object.entries(env).map(([name, value]) => `        echo "${name}=${value}" >> "$GITHUB_ENV"`);
  return `name: stand-in
description: sets the AWS environment
inputs: { role-to-assume: { description: role }, aws-region: { description: region } }
runs:
  using: composite
  steps:
    - shell: bash
      run: |
${lines.join('\n')}
`;
}

/** The tag by which the commit of a checkout is published. */
async function tagOf(shop: string): Promise<string> {
  const [revision = '', time = ''] = (await git(shop, 'log', '-1', '--format=%H %cI')).split(' ');
  return releaseTag({ time: new Date(time), revision });
}

async function publishedPlatforms(shop: string, world: World | undefined): Promise<readonly string[]> {
  const password = `${awsAccount}-auth-token`;
  const registry = openRegistry({
    credentials: async () => ({ kind: 'basic', username: 'AWS', password }),
    signal: AbortSignal.timeout(minutes),
  });
  const subject = `${world?.ecr.host}/shop/ui:${await tagOf(shop)}`;
  const { mediaType, bytes } = await registry.getManifest(parseReference(subject));
  await registry.close();
  const document = parseManifest({ mediaType, bytes, subject });
  const descriptors = document.kind === 'index' ? document.index.manifests : [];
  const platforms = descriptors.flatMap(({ platform }) =>
    platform === undefined ? [] : [`${platform.os}/${platform.architecture}`],
  );
  return platforms.filter(platform => platform !== 'unknown/unknown').sort();
}
