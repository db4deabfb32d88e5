import { generateKeyPairSync } from 'node:crypto';
import {
  type BareRepository,
  type CommandWorld,
  type GitServer,
  type LocalGitHub,
  makeCommandWorld,
  startGitHub,
  startGitServer,
} from '@eks-gitops/testbed';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { tagAt } from './tag-at.ts';

const image = 'registry.example/shop/ui';
const marked = (minute: number): string => `image: ${image}:${tagAt(minute)} # {"$imagepolicy": "flux-system:ui"}\n`;
const names = ['octo/direct', 'octo/proposed', 'octo/several', 'octo/app'] as const;
const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

let git: GitServer;
let github: LocalGitHub;
let world: CommandWorld;
const repositories = new Map<string, BareRepository & { readonly url: string }>();
beforeAll(async () => {
  git = await startGitServer({ login: ({ authorization }) => authorization?.startsWith('Basic ') ?? false });
  for (const name of names) repositories.set(name, await git.createRepository(`${name}.git`, { 'apps/ui.yaml': marked(1) }));
  const permissions = { contents: 'write', pull_requests: 'write' } as const;
  github = await startGitHub({
    repositories: names.map(name => ({ name, folder: repositories.get(name)?.folder ?? '', reviewers: ['mona', 'octo/ops'] })),
    tokens: [{ token: 'writer', login: 'octocat', repositories: names, permissions }],
    apps: [{ id: 7, slug: 'gitops', publicKey, installations: [{ id: 70, repositories: ['octo/app'], permissions }] }],
  });
  world = await makeCommandWorld('bump-flux-image');
});
afterAll(async () => {
  await Promise.all([git.stop(), github.stop(), world.remove()]);
});

function repositoryOf(name: (typeof names)[number]): BareRepository & { readonly url: string } {
  const repository = repositories.get(name);
  if (repository === undefined) throw new Error(`${name} was not made`);
  return repository;
}

function bump(
  name: (typeof names)[number],
  minute: number,
  args: readonly string[],
  env: Record<string, string> = { INPUT_TOKEN: 'writer' },
) {
  const common = [
    `--repository=${repositoryOf(name).url}`,
    `--github-api-url=${github.url}`,
    '--verify-image=false',
    '--policy=ui',
  ];
  return world.run([...common, `--image=${image}:${tagAt(minute)}`, ...args], env);
}

test('a verified commit is made and signed by GitHub, as the token’s user', async () => {
  const { outputs, exitCode } = await bump('octo/direct', 2, ['--verified']);
  const repository = repositoryOf('octo/direct');
  expect({ exitCode, commit: outputs['commit'] }).toEqual({ exitCode: 0, commit: await repository.git('rev-parse', 'main') });
  expect(await repository.read('apps/ui.yaml')).toBe(marked(2));
  expect(await repository.git('log', '-1', '--format=%an|%cn|%(trailers:key=Image-Update,valueonly,separator=)')).toBe(
    `octocat|GitHub|flux-system:ui=${image}:${tagAt(2)}`,
  );
  expect(github.operations()).toContain('createCommitOnBranch');
});

describe('a pull request', () => {
  const propose = (minute: number) =>
    bump('octo/proposed', minute, ['--mode=pull-request', '--labels=deploy', '--reviewers=mona,octo/ops', '--auto-merge=squash']);
  const onBranch = () => repositoryOf('octo/proposed').read('apps/ui.yaml', 'eks-gitops/flux-system/ui');

  test('is opened, kept up to date, and never goes back', async () => {
    const first = await propose(2);
    const url = first.outputs['pull-request-url'];
    expect(first).toMatchObject({ exitCode: 0, outputs: { changed: 'true', commit: '', 'pull-request-number': '1' } });
    expect(await propose(5)).toMatchObject({ outputs: { changed: 'true', 'pull-request-url': url } });
    expect(await propose(5)).toMatchObject({ outputs: { changed: 'false', superseded: 'false', 'pull-request-url': url } });
    expect(await propose(4)).toMatchObject({ outputs: { changed: 'false', superseded: 'true', 'pull-request-url': url } });
    expect(await onBranch()).toBe(marked(5));
    expect(await repositoryOf('octo/proposed').read('apps/ui.yaml')).toBe(marked(1));
    expect(github.pullRequests('octo/proposed')).toMatchObject([
      {
        number: 1,
        state: 'open',
        base: 'main',
        head: 'eks-gitops/flux-system/ui',
        title: `Update ${image}:${tagAt(5)}`,
        labels: ['deploy'],
        reviewers: ['mona'],
        autoMerge: 'squash',
      },
    ]);
  });

  test('is closed when its base has overtaken it', async () => {
    await repositoryOf('octo/proposed').commit({ 'apps/ui.yaml': marked(9) });
    expect(await propose(8)).toMatchObject({ exitCode: 0, outputs: { changed: 'false', superseded: 'true' } });
    expect(github.pullRequests('octo/proposed')).toMatchObject([{ number: 1, state: 'closed' }]);
  });
});

test('a pull request of several policies goes on in each and back in none', async () => {
  const repository = repositoryOf('octo/several');
  const api = (minute: number) => `image: registry.example/api:${tagAt(minute)} # {"$imagepolicy": "flux-system:api"}\n`;
  await repository.commit({ 'apps/api.yaml': api(1) });
  const propose = (ui: number, other: number) =>
    bump('octo/several', ui, ['--mode=pull-request', `--policy=api=registry.example/api:${tagAt(other)}`]);
  expect(await propose(5, 5)).toMatchObject({ exitCode: 0, outputs: { changed: 'true', superseded: 'false' } });
  expect(await propose(4, 9)).toMatchObject({
    exitCode: 0,
    outputs: {
      changed: 'true',
      superseded: 'true',
      updated: `flux-system:ui=${image}:${tagAt(5)}\nflux-system:api=registry.example/api:${tagAt(9)}`,
      'pull-request-number': '1',
    },
  });
  const branch = 'eks-gitops/flux-system/api+flux-system/ui';
  expect(await repository.read('apps/ui.yaml', branch)).toBe(marked(5));
  expect(await repository.read('apps/api.yaml', branch)).toBe(api(9));
});

test('a pull request whose branch is its base is refused before anything is written', async () => {
  const repository = repositoryOf('octo/several');
  const head = await repository.git('rev-parse', 'main');
  const run = await bump('octo/several', 9, ['--mode=pull-request', '--push-branch=main']);
  expect(run).toMatchObject({ exitCode: 2, error: { code: 'INPUT_INVALID' } });
  expect(await repository.git('rev-parse', 'main')).toBe(head);
});

test('a verified commit goes to a push branch too, which is made for it', async () => {
  const run = await bump('octo/direct', 7, ['--verified', '--push-branch=stage']);
  expect(run).toMatchObject({ exitCode: 0, outputs: { changed: 'true', branch: 'stage' } });
  expect(await repositoryOf('octo/direct').read('apps/ui.yaml', 'stage')).toBe(marked(7));
});

test('a GitHub App pushes with a token of its own', async () => {
  const env = { INPUT_APP_ID: '7', INPUT_APP_PRIVATE_KEY: privateKey };
  const { outputs, exitCode, log } = await bump('octo/app', 2, [], env);
  expect({ exitCode, changed: outputs['changed'] }).toEqual({ exitCode: 0, changed: 'true' });
  expect(await repositoryOf('octo/app').read('apps/ui.yaml')).toBe(marked(2));
  expect(log).not.toContain('PRIVATE KEY');
});

test('git alone can neither sign as GitHub nor open pull requests', async () => {
  for (const args of [['--verified'], ['--mode=pull-request']]) {
    const run = await bump('octo/direct', 3, args, {});
    expect(run).toMatchObject({ exitCode: 2, error: { code: 'INPUT_MISSING' } });
    expect(run.log).not.toContain('Cloning');
  }
});

test('GitHub’s published descriptions allow every request that was made', () => {
  expect(github.violations()).toEqual([]);
});
