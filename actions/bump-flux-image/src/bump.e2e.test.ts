import { randomUUID } from 'node:crypto';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatRecord, parseRecord, type ReleaseRecord } from '@eks-gitops/action';
import { type BareRepository, type CommandWorld, type GitServer, makeCommandWorld, startGitServer } from '@eks-gitops/testbed';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { tagAt } from './tag-at.ts';

const image = 'registry.example/shop/ui';
const login = { username: 'x-access-token', password: 's3cret-token' };
const marked = (value: string, policy = 'flux-system:ui'): string => `image: ${value} # {"$imagepolicy": "${policy}"}\n`;
const policyObject = `apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: { name: ui, namespace: flux-system }
spec:
  imageRepositoryRef: { name: ui }
  filterTags: { pattern: '^i\\d{14}-[0-9a-f]{8}$' }
  policy: { alphabetical: { order: asc } }
`;
const automation = `apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageUpdateAutomation
metadata: { name: flux-system, namespace: flux-system }
spec:
  interval: 1m
  sourceRef: { kind: GitRepository, name: flux-system }
  git: { commit: { author: { email: a@example.com } } }
  update: { path: ./apps, strategy: Setters }
`;
const record: ReleaseRecord = {
  schema: 1,
  image,
  revision: `ac8730e8${'0'.repeat(32)}`,
  commitTime: '2026-11-23T10:17:30Z',
  builds: [],
  index: { digest: `sha256:${'d'.repeat(64)}`, tag: tagAt(30), platforms: ['linux/amd64', 'linux/arm64'] },
};

let server: GitServer;
let world: CommandWorld;
beforeAll(async () => {
  server = await startGitServer({ login });
  world = await makeCommandWorld('bump-flux-image');
});
afterAll(async () => {
  await Promise.all([server.stop(), world.remove()]);
});

async function repositoryWith(files: Readonly<Record<string, string>>): Promise<BareRepository & { url: string }> {
  return server.createRepository(`${randomUUID()}.git`, files);
}

function bump(repository: { url: string }, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const common = [`--repository=${repository.url}`, '--verify-image=false', '--policy=ui'];
  return world.run([...common, ...args], { INPUT_TOKEN: login.password, ...env });
}

describe('a bump', () => {
  test('is one commit by fluxcdbot that changes the marked bytes alone, and leads back to its source', async () => {
    const before = `# keep\r\nspec:\r\n  "image":   '${image}:${tagAt(10)}'   # {"$imagepolicy": "flux-system:ui"}\r\n`;
    const repository = await repositoryWith({ 'apps/ui.yaml': before, 'apps/other.yaml': marked('x:1', 'flux-system:x') });
    const run = await bump(repository, [], { INPUT_RECORD: formatRecord(record) });
    const commit = await repository.git('rev-parse', 'main');
    expect(run).toMatchObject({
      exitCode: 0,
      outputs: {
        changed: 'true',
        superseded: 'false',
        commit,
        branch: 'main',
        files: 'apps/ui.yaml',
        previous: `flux-system:ui=${image}:${tagAt(10)}`,
        updated: `flux-system:ui=${image}:${tagAt(30)}`,
      },
    });
    expect(await repository.read('apps/ui.yaml')).toBe(before.replace(tagAt(10), tagAt(30)));
    const log = await repository.git('log', '-1', '--format=%an <%ae>|%s|%(trailers:key=Source-Commit,valueonly,separator=)');
    expect(log).toBe(`fluxcdbot <fluxcdbot@users.noreply.github.com>|Update ${image}:${tagAt(30)}|${record.revision}`);
    expect(parseRecord(run.outputs['record'] ?? '')).toEqual({
      ...record,
      gitops: { repository: repository.url, branch: 'main', commit, policies: ['flux-system:ui'] },
    });
    expect(run.log).not.toContain(login.password);
    expect(await world.leftovers()).toEqual([]);
  });

  test('that is made again changes nothing, and still tells the commit', async () => {
    const repository = await repositoryWith({ 'ui.yaml': marked(`${image}:${tagAt(1)}`) });
    const first = await bump(repository, [`--image=${image}:${tagAt(2)}`]);
    const second = await bump(repository, [`--image=${image}:${tagAt(2)}`]);
    expect(second).toMatchObject({ exitCode: 0, outputs: { changed: 'false', commit: first.outputs['commit'], files: '' } });
    expect(await repository.commits()).toHaveLength(2);
  });

  test('of several policies, each with its own image, is one commit', async () => {
    const repository = await repositoryWith({ 'ui.yaml': marked('u:1'), 'cart.yaml': marked('c:1', 'shop:cart') });
    const run = await bump(repository, [`--image=${image}:2`, '--policy=shop:cart=registry.example/cart:7']);
    expect(run).toMatchObject({ exitCode: 0, outputs: { files: 'cart.yaml\nui.yaml' } });
    expect(await repository.commits()).toHaveLength(2);
    expect(await repository.read('cart.yaml')).toBe(marked('registry.example/cart:7', 'shop:cart'));
  });

  test('pins the digest where the ImagePolicy reflects it', async () => {
    const reflecting = `${policyObject}  digestReflectionPolicy: IfNotPresent\n`;
    const repository = await repositoryWith({ 'apps/ui.yaml': marked('u:1'), 'clusters/policy.yaml': reflecting });
    await bump(repository, ['--path=apps'], { INPUT_RECORD: formatRecord(record) });
    expect(await repository.read('apps/ui.yaml')).toBe(marked(`${image}:${tagAt(30)}@${record.index?.digest}`));
    const unknown = await bump(repository, [`--image=${image}:${tagAt(31)}`]);
    expect(unknown).toMatchObject({ exitCode: 2, error: { code: 'INPUT_MISSING' } });
  });
});

test('a digest marker is filled with the digest that is given, and what stood there is told as one reference', async () => {
  const before = ['name', 'tag', 'digest'].map(form => `${form}: x # {"$imagepolicy": "flux-system:ui:${form}"}\n`).join('');
  const repository = await repositoryWith({ 'values.yaml': before });
  const digest = `sha256:${'d'.repeat(64)}`;
  const run = await bump(repository, [`--image=${image}:1@${digest}`]);
  expect(run).toMatchObject({ exitCode: 0, outputs: { previous: 'flux-system:ui=x:x@x', updated: `flux-system:ui=${image}:1` } });
  expect(await repository.read('values.yaml')).toContain(`digest: ${digest} #`);
});

test('the record tells the policies of its own image alone, and so does the source commit', async () => {
  const repository = await repositoryWith({ 'ui.yaml': marked('u:1'), 'cart.yaml': marked('c:1', 'flux-system:cart') });
  const place = [`--repository=${repository.url}`, '--verify-image=false'];
  const env = { INPUT_TOKEN: login.password, INPUT_RECORD: formatRecord(record) };
  const other = await world.run([...place, '--policy=cart=registry.example/cart:2'], env);
  expect(other).toMatchObject({ exitCode: 0, outputs: { changed: 'true', record: '' } });
  expect(await repository.git('log', '-1', '--format=%B')).not.toContain(record.revision);
  const both = await world.run([...place, '--policy=ui,cart=registry.example/cart:3'], env);
  expect(parseRecord(both.outputs['record'] ?? '').gitops?.policies).toEqual(['flux-system:ui']);
});

describe('backwards', () => {
  const older = [`--image=${image}:${tagAt(10)}`];
  const at = (minute: number) => ({ 'ui.yaml': marked(`${image}:${tagAt(minute)}`), 'policy.yaml': policyObject });

  test('nothing is written by default, and that is success', async () => {
    const repository = await repositoryWith(at(20));
    const run = await bump(repository, older);
    const head = await repository.git('rev-parse', 'main');
    expect(run).toMatchObject({ exitCode: 0, outputs: { changed: 'false', superseded: 'true', commit: head } });
    expect(run.outputs['updated']).toBe(`flux-system:ui=${image}:${tagAt(20)}`);
  });

  test('is an error with on-older: fail', async () => {
    const run = await bump(await repositoryWith(at(20)), [...older, '--on-older=fail']);
    expect(run).toMatchObject({ exitCode: 1, error: { code: 'IMAGE_OLDER', found: tagAt(20) } });
  });

  test('is gone with on-older: replace', async () => {
    const repository = await repositoryWith(at(20));
    const run = await bump(repository, [...older, '--on-older=replace']);
    expect(run).toMatchObject({ exitCode: 0, outputs: { changed: 'true' } });
    expect(await repository.read('ui.yaml')).toContain(tagAt(10));
  });

  test('is what the given order says where the repository has no policy', async () => {
    const repository = await repositoryWith({ 'ui.yaml': marked(`${image}:1.10.0`) });
    const run = await bump(repository, [`--image=${image}:1.9.0`, '--tag-order=semver >=1.0.0']);
    expect(run).toMatchObject({ exitCode: 0, outputs: { superseded: 'true' } });
    const newer = await bump(repository, [`--image=${image}:1.11.0`, '--tag-order=semver >=1.0.0']);
    expect(newer).toMatchObject({ exitCode: 0, outputs: { changed: 'true' } });
  });

  test('a tag that the policy would not select is refused', async () => {
    const run = await bump(await repositoryWith(at(20)), [`--image=${image}:latest`]);
    expect(run).toMatchObject({ exitCode: 1, error: { code: 'TAG_NOT_SELECTED' } });
  });
});

test('two bumps of the same policy at once end with the newer tag, and two of different policies both land', async () => {
  const repository = await repositoryWith({ 'ui.yaml': marked(`${image}:${tagAt(1)}`), 'cart.yaml': marked('c:1', 'shop:cart') });
  const runs = await Promise.all([
    bump(repository, [`--image=${image}:${tagAt(5)}`]),
    bump(repository, [`--image=${image}:${tagAt(4)}`]),
    world.run([`--repository=${repository.url}`, '--verify-image=false', '--policy=shop:cart', '--image=c.example/c:2'], {
      INPUT_TOKEN: login.password,
    }),
  ]);
  expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
  expect(await repository.read('ui.yaml')).toContain(tagAt(5));
  expect(await repository.read('cart.yaml')).toContain('c.example/c:2');
}, 60_000);

describe('a push branch', () => {
  const files = { 'ui.yaml': marked(`${image}:${tagAt(1)}`), 'cart.yaml': marked('c:1', 'flux-system:cart') };
  const stage = (repository: { url: string }, minute: number, more: readonly string[] = []) =>
    bump(repository, [`--image=${image}:${tagAt(minute)}`, '--push-branch=stage', ...more]);

  test('is made when there is something to commit, and keeps what is on it', async () => {
    const repository = await repositoryWith(files);
    const main = await repository.git('rev-parse', 'main');
    expect(await stage(repository, 1)).toMatchObject({ outputs: { changed: 'false', branch: 'main', commit: main } });
    expect(await stage(repository, 5)).toMatchObject({ exitCode: 0, outputs: { changed: 'true', branch: 'stage' } });
    const theirs = await repository.commit({ 'notes.md': 'ours\n' }, { branch: 'stage' });
    expect(await stage(repository, 4)).toMatchObject({ outputs: { changed: 'false', superseded: 'true', commit: theirs } });
    expect(await stage(repository, 6, ['--policy=cart=c.example/c:2'])).toMatchObject({ outputs: { changed: 'true' } });
    expect(await repository.git('rev-parse', 'stage^')).toBe(theirs);
    expect(await repository.read('ui.yaml', 'stage')).toContain(tagAt(6));
    expect(await repository.read('cart.yaml', 'stage')).toContain('c.example/c:2');
    expect(await repository.git('rev-parse', 'main')).toBe(main);
  });

  test.each(['--force', 'a b:c'])('is not named %j', async branch => {
    const run = await bump(await repositoryWith(files), [`--image=${image}:1`, `--push-branch=${branch}`]);
    expect(run).toMatchObject({ exitCode: 2, error: { code: 'INPUT_INVALID' } });
  });
});

describe('a repository in which Flux writes the same markers', () => {
  const files = { 'apps/ui.yaml': marked(`${image}:${tagAt(1)}`), 'apps/policy.yaml': policyObject };
  const newer = [`--image=${image}:${tagAt(2)}`];

  test('is refused, with both ways out', async () => {
    const repository = await repositoryWith({ ...files, 'clusters/automation.yaml': automation });
    const run = await bump(repository, [...newer, '--path=apps']);
    expect(run).toMatchObject({ exitCode: 1, error: { code: 'TWO_WRITERS' } });
    expect(run.error['found']).toContain('clusters/automation.yaml:1');
    expect(await repository.commits()).toHaveLength(1);
  });

  test('is written once the automation is suspended, or writes elsewhere', async () => {
    for (const kept of [
      `${automation}  suspend: true\n`,
      automation.replace('./apps', './elsewhere'),
      automation.replace('namespace: flux-system }\nspec', 'namespace: other }\nspec'),
    ]) {
      const repository = await repositoryWith({ ...files, 'clusters/automation.yaml': kept });
      expect(await bump(repository, newer)).toMatchObject({ exitCode: 0, outputs: { changed: 'true' } });
    }
  });
});

describe('what cannot be done', () => {
  test('a policy without a marker is told with those that there are', async () => {
    const run = await bump(await repositoryWith({ 'a.yaml': marked('x:1', 'shop:uix') }), [`--image=${image}:1`]);
    expect(run).toMatchObject({ exitCode: 1, error: { code: 'MARKER_MISSING' } });
    expect(JSON.stringify(run.error)).toContain('shop:uix');
  });

  test('one unsafe marker keeps everything from being written', async () => {
    const block = 'image: | # {"$imagepolicy": "flux-system:ui"}\n  x:1\n';
    const repository = await repositoryWith({ 'a.yaml': marked('x:1'), 'b.yaml': block });
    const run = await bump(repository, [`--image=${image}:1`]);
    expect(run).toMatchObject({ exitCode: 1, error: { code: 'MARKER_UNSAFE' } });
    expect(JSON.stringify(run.error)).toContain('b.yaml:1');
    expect(await repository.commits()).toHaveLength(1);
  });

  test('a wrong token', async () => {
    const run = await bump(await repositoryWith({ 'a.yaml': marked('x:1') }), [`--image=${image}:1`], { INPUT_TOKEN: 'wrong' });
    expect(run).toMatchObject({ exitCode: 1, error: { code: 'GIT_DENIED' } });
  });

  test('a server that does not answer within the time limit', async () => {
    const silent = await startGitServer({ login, onRequest: () => ({ kind: 'delay', milliseconds: 20_000 }) });
    const repository = await silent.createRepository('silent.git', { 'a.yaml': marked('x:1') });
    const run = await bump(repository, [`--image=${image}:1`, '--timeout=1s']);
    await silent.stop();
    expect(run).toMatchObject({ exitCode: 3, error: { code: 'TIMED_OUT' } });
  });

  test('a folder that is not there', async () => {
    const run = await bump({ url: 'nofolder' }, [`--image=${image}:1`]);
    expect(run).toMatchObject({ exitCode: 2, error: { code: 'INPUT_INVALID' } });
  });

  test('a branch that is not there', async () => {
    const run = await bump(await repositoryWith({ 'a.yaml': marked('x:1') }), [`--image=${image}:1`, '--branch=mian']);
    expect(run).toMatchObject({ exitCode: 1, error: { code: 'BRANCH_MISSING', found: 'main' } });
  });
});

describe('a checkout', () => {
  async function checkOut(): Promise<{ repository: BareRepository & { url: string }; folder: string }> {
    const repository = await repositoryWith({ 'ui.yaml': marked(`${image}:${tagAt(1)}`) });
    const folder = join(world.root, randomUUID());
    await execa('git', ['clone', '--quiet', repository.folder, folder]);
    await execa('git', ['remote', 'set-url', 'origin', repository.url], { cwd: folder });
    return { repository, folder };
  }

  test('is only asked for its remote and branch, and never touched', async () => {
    const { repository, folder } = await checkOut();
    await execa('git', ['config', `http.${server.url}/.extraheader`, 'AUTHORIZATION: basic bm90Om1l'], { cwd: folder });
    const state = () => execa('git', ['for-each-ref'], { cwd: folder }).then(({ stdout }) => stdout);
    const before = await state();
    const run = await bump({ url: folder }, [`--image=${image}:${tagAt(2)}`]);
    expect(run).toMatchObject({ exitCode: 0, outputs: { changed: 'true' } });
    expect(await repository.read('ui.yaml')).toContain(tagAt(2));
    expect(await readFile(join(folder, 'ui.yaml'), 'utf8')).toContain(tagAt(1));
    expect(await state()).toBe(before);
  });

  test('is where the files are changed with mode local, without a commit', async () => {
    const { folder } = await checkOut();
    const copy = `${folder}-copy`;
    await cp(folder, copy, { recursive: true });
    await writeFile(join(copy, 'notes.txt'), 'mine\n');
    const run = await bump({ url: copy }, [`--image=${image}:${tagAt(2)}`, '--mode=local']);
    expect(run).toMatchObject({ exitCode: 0, outputs: { changed: 'true', commit: '', files: 'ui.yaml' } });
    const { stdout } = await execa('git', ['status', '--porcelain'], { cwd: copy });
    expect(stdout).toBe(' M ui.yaml\n?? notes.txt');
  });
});
