import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { parseReference, releaseTag } from '@eks-gitops/images';
import { openRegistry, parseManifest } from '@eks-gitops/images/registry';
import {
  awsAccount,
  type Buildkit,
  type Ecr,
  makeBusyboxLayout,
  type Registry,
  requireTool,
  startBuildkit,
  startEcr,
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

  testInSandbox(
    'runs the workflow example unchanged, under act, into a registry that plays ECR',
    async () => {
      const world = await startWorld();
      try {
        const { all, exitCode } = await runWorkflow(world);
        expect(all).toContain('Job succeeded');
        expect({ exitCode, log: exitCode === 0 ? '' : all }).toEqual({ exitCode: 0, log: '' });
        expect(await publishedPlatforms(world)).toEqual(['linux/amd64', 'linux/arm64']);
      } finally {
        await Promise.all([world.ecr.stop(), world.mirror.stop(), world.buildkit.stop()]);
      }
    },
    6 * minutes,
  );
});

interface World {
  readonly ecr: Ecr;
  readonly mirror: Registry;
  readonly buildkit: Buildkit;
  readonly buildx: string;
}

/** ECR's part, a registry with the base image under Docker Hub's name, and a builder that knows both. */
async function startWorld(): Promise<World> {
  const [ecr, mirror, buildx] = await Promise.all([startEcr(), startRegistry(), requireTool('buildx')]);
  const buildkit = await startBuildkit({
    registries: [
      { host: ecr.host, ca: ecr.certificateFile },
      { host: mirror.host, http: true },
      { host: 'docker.io', mirror: mirror.host },
    ],
  });
  const world = { ecr, mirror, buildkit, buildx };
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

/** A checkout of the sample shop with the example as its workflow, and act's stand-ins for the actions that cannot be fetched here. */
async function runWorkflow({ ecr }: World) {
  await cp(join(root, 'workflows-examples', 'shop'), at('shop'), { recursive: true });
  const workflows = at('shop', '.github', 'workflows');
  await mkdir(workflows, { recursive: true });
  await cp(join(root, 'workflows-examples', 'github-actions', 'publish-image.yml'), join(workflows, 'publish-image.yml'));
  await mkdir(at('credentials'));
  await writeFile(at('credentials', 'action.yml'), credentialsStandIn(ecr));
  await git(folder, 'clone', '--quiet', '--branch=v1', at('bare'), at('v1'));
  for (const repository of [at('shop'), at('credentials')]) {
    await git(repository, 'init', '--quiet', '--initial-branch=main');
    await git(repository, 'add', '.');
    await git(repository, 'commit', '--quiet', '--message=a commit');
  }
  const runners = ['ubuntu-latest', 'ubuntu-24.04-arm'].flatMap(runner => ['--platform', `${runner}=-self-hosted`]);
  const local = [
    `OWNER/eks-gitops-actions@v1=${at('v1')}`,
    `aws-actions/configure-aws-credentials@v5=${at('credentials')}`,
  ].flatMap(one => ['--local-repository', one]);
  const variables = [`IMAGE=${ecr.host}/shop/ui`, 'AWS_ROLE=any'].flatMap(one => ['--var', one]);
  return execa(await requireTool('act'), ['push', '--no-cache-server', ...runners, ...local, ...variables], {
    cwd: at('shop'),
    env: {
      ...homeOf(),
      BUILDX_BUILDER: 'lab',
      PATH: [dirname(process.execPath), at('programs'), process.env['PATH']].join(delimiter),
    },
    all: true,
    reject: false,
    timeout: 5 * minutes,
  });
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

async function publishedPlatforms({ ecr }: World): Promise<readonly string[]> {
  const [revision = '', time = ''] = (await git(at('shop'), 'log', '-1', '--format=%H %cI')).split(' ');
  const tag = releaseTag({ time: new Date(time), revision });
  const password = `${awsAccount}-auth-token`;
  const registry = openRegistry({
    credentials: async () => ({ kind: 'basic', username: 'AWS', password }),
    signal: AbortSignal.timeout(minutes),
  });
  const subject = `${ecr.host}/shop/ui:${tag}`;
  const { mediaType, bytes } = await registry.getManifest(parseReference(subject));
  await registry.close();
  const document = parseManifest({ mediaType, bytes, subject });
  const descriptors = document.kind === 'index' ? document.index.manifests : [];
  const platforms = descriptors.flatMap(({ platform }) =>
    platform === undefined ? [] : [`${platform.os}/${platform.architecture}`],
  );
  return platforms.filter(platform => platform !== 'unknown/unknown').sort();
}
