import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Registry, startBuildkit, startRegistry } from '@eks-gitops/testbed';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { afterAll, beforeAll, describe, expect, jest } from '@jest/globals';
import { type Finished, makeWorld, type World } from './e2e-world.ts';

const testBuild = await testNeeding('root', 'buildx', 'buildkitd', 'runc', 'docker-registry', 'busybox-amd64');

jest.setTimeout(120_000);

const dockerfile = `FROM scratch AS base
COPY --from=base-files / /
WORKDIR /new/app
RUN echo ran base | tee /base
FROM base
COPY page /page
RUN echo ran $(cat /page) | tee /copy
`;
let registry: Registry;
let immutable: Registry;
let world: World;

beforeAll(async () => {
  [registry, immutable, world] = await Promise.all([
    startRegistry({ immutable: [/^cache-/] }),
    startRegistry({ immutable: true }),
    makeWorld({ Dockerfile: dockerfile }),
  ]);
  writeFileSync(join(world.home, 'event.json'), JSON.stringify({ repository: { default_branch: 'main' } }));
});

afterAll(async () => {
  await Promise.all([registry?.stop(), immutable?.stop()]);
  world?.remove();
});

interface Build {
  readonly branch?: string;
  readonly event?: string;
  readonly more?: readonly string[];
  readonly at?: Registry;
}

let runs = 0;

/** As on a machine of its own: the BuildKit knows of no build before. */
async function build({ branch = 'main', event = 'push', more = [], at = registry }: Build = {}): Promise<Finished> {
  const registries = [registry, immutable].map(({ host }) => ({ host, http: true as const }));
  const buildkit = await startBuildkit({ registries });
  runs += 1;
  const args = [`--builder=${buildkit.address}`, `--image=${at.host}/shop/ui`, '--platform=linux/amd64', '--cache=registry'];
  const env = {
    GITHUB_ACTIONS: 'true',
    GITHUB_RUN_ID: String(runs),
    GITHUB_EVENT_PATH: join(world.home, 'event.json'),
    GITHUB_EVENT_NAME: event,
    GITHUB_REF_NAME: branch,
  };
  const finished = await world.run([...args, ...more], env).finished;
  await buildkit.stop();
  return finished;
}

/** What the RUN steps printed that were not taken from a cache. */
function ran({ log }: Finished): string[] {
  return [...log.matchAll(/^#\d+ [\d.]+ ran (\w+)$/gm)].map(([, word = '']) => word);
}

/** The digests of the cache tags. */
async function caches({ url }: Registry): Promise<Readonly<Record<string, string>>> {
  const list: unknown = await (await fetch(`${url}/v2/shop/ui/tags/list`)).json();
  const tags = Object(list).tags as readonly string[];
  const heads = tags
    .filter(tag => tag.startsWith('cache-'))
    .map(async tag => [tag, await digestOf(`${url}/v2/shop/ui/manifests/${tag}`)]);
  return Object.fromEntries(await Promise.all(heads));
}

async function digestOf(url: string): Promise<string> {
  const { headers } = await fetch(url, { headers: { accept: 'application/vnd.oci.image.manifest.v1+json' } });
  return headers.get('docker-content-digest') ?? 'none';
}

function commit(files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(world.repository, 'ui', name), content);
  const identity = ['-c', 'user.name=A', '-c', 'user.email=a@example.com'];
  execFileSync('git', [...identity, 'commit', '-qam', 'next'], { cwd: world.repository, stdio: 'pipe' });
}

describe('with cache: registry', () => {
  testBuild(
    'a machine takes from the registry what another has built before, and changes build on what is the same',
    async () => {
      const first = await build();
      expect(first.error).toBeUndefined();
      expect(first.log).not.toMatch(/ERROR|not written/);
      expect(ran(first)).toEqual(['base', 'one']);
      const trunk = await caches(registry);
      expect(Object.keys(trunk)).toEqual([expect.stringMatching(/^cache-amd64-[0-9a-f]{8}$/)]);

      const again = await build();
      expect(again.exitCode).toBe(0);
      expect(ran(again)).toEqual([]);

      commit({ page: 'two\n' });
      const before = await caches(registry);
      const request = await build({ event: 'pull_request', branch: '7/merge' });
      expect(request.log).toMatch(/read and not written, because this is a pull request/);
      expect(ran(request)).toEqual(['two']);
      expect(await caches(registry)).toEqual(before);

      const changed = await build({ branch: 'fix' });
      expect(ran(changed)).toEqual(['two']);
      const [[ownTag] = [], ...more] = Object.entries(await caches(registry)).filter(([tag]) => !(tag in before));
      expect([ownTag, more]).toEqual([expect.stringMatching(/-fix-1c6e6c4c$/), []]);
      expect(await caches(registry)).toMatchObject(before);
    },
  );

  testBuild('a cache tag that cannot be moved is a notice, and the build is staged', async () => {
    const first = await build({ at: immutable });
    commit({ page: 'three\n' });
    const again = await build({ at: immutable });
    expect([first.exitCode, again.exitCode]).toEqual([0, 0]);
    expect(first.log).not.toContain('was not written');
    expect(again.log).toMatch(/The build cache was not written: .*immutable/);
    expect(again.outputs['staging-tag']).toMatch(/^build-/);
  });
});

describe('with reuse: run', () => {
  const args = (address: string, more: readonly string[] = []) => [
    `--builder=${address}`,
    `--image=${registry.host}/shop/reused`,
    '--platform=linux/amd64',
    '--run-id=9',
    '--reuse=run',
    ...more,
  ];

  testBuild('a re-run takes what the run has staged, without any BuildKit, and stages it for its own attempt', async () => {
    const buildkit = await startBuildkit({ registries: [{ host: registry.host, http: true }] });
    const first = await world.run(args(buildkit.address)).finished;
    const other = await world.run(args(buildkit.address, ['--attempt=2', '--build-args=MODE=a'])).finished;
    await buildkit.stop();
    expect([first.exitCode, other.exitCode]).toEqual([0, 0]);
    expect(other.log).not.toContain('Nothing is built');

    const same = await world.run(args(buildkit.address)).finished;
    const next = await world.run(args(buildkit.address, ['--attempt=3'])).finished;
    const digest = first.outputs['digest'];
    expect(same).toMatchObject({ exitCode: 0, outputs: { digest, metadata: '', 'staging-tag': first.outputs['staging-tag'] } });
    expect(next).toMatchObject({ exitCode: 0, outputs: { digest, 'staging-tag': expect.stringMatching(/-3-amd64$/) } });
    expect(next.log).toMatch(/Nothing is built: build-9-[0-9a-f]{8}-1-amd64 holds this build already/);
    expect(JSON.parse(next.outputs['record'] ?? '')).toMatchObject({
      builds: [{ digest, stagingTag: next.outputs['staging-tag'] }],
    });
  });
});

testBuild('the commit’s time reaches the steps of a Dockerfile that asks for it', async () => {
  const time = execFileSync('git', ['show', '-s', '--format=%ct'], { cwd: world.repository, encoding: 'utf8' }).trim();
  const file = join(world.home, 'epoch.Dockerfile');
  writeFileSync(file, 'FROM scratch\nCOPY --from=base-files / /\nARG SOURCE_DATE_EPOCH\nRUN echo ran $SOURCE_DATE_EPOCH\n');
  expect(ran(await build({ more: [`--file=${file}`, '--scope=epoch'] }))).toEqual([time]);
});
