import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BareRepository, type GitServer, startGitServer } from '@eks-gitops/testbed';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { land, login, makeWorld, replaceIn, type World } from './e2e-world.ts';
import { createBranch, editLocally } from './index.ts';

let server: GitServer;
let world: World;
beforeAll(async () => {
  [server, world] = await Promise.all([startGitServer({ login }), makeWorld()]);
});
afterAll(async () => {
  await server.stop();
  await world.remove();
});

const files = {
  'apps/ui/deployment.yaml': 'image: ui:1\n',
  'apps/api/deployment.yaml': 'image: api:1\r\n',
  'apps/.gitattributes': '* text eol=crlf filter=evil\n',
  'clusters/big.bin': randomUUID().repeat(1_000),
};

type Served = BareRepository & { readonly url: string };

function makeRepository(more: Parameters<GitServer['createRepository']>[2] = {}): Promise<Served> {
  return server.createRepository(`${randomUUID()}.git`, files, more);
}

function open(remote: Served, more: Partial<Parameters<World['open']>[0]> = {}) {
  return world.open({ place: { kind: 'remote', url: remote.url }, ...more });
}

describe('an edit of a repository over HTTP', () => {
  test('lands as one commit of exactly the changed files, by the given people', async () => {
    const remote = await makeRepository();
    const landing = await land(await open(remote), replaceIn('apps/ui/deployment.yaml', 'image: ui:2\n'));
    const [first = '', second = ''] = await remote.commits();
    expect(landing).toEqual({ kind: 'committed', branch: 'main', commit: second, attempts: 1, result: 'image: ui:1\n' });
    expect(await remote.git('diff', '--name-status', first, second)).toBe('M\tapps/ui/deployment.yaml');
    expect(await remote.read('apps/ui/deployment.yaml')).toBe('image: ui:2\n');
    expect(await remote.git('log', '-1', '--format=%an <%ae> %cn <%ce>%n%B')).toBe(
      'A <a@example.com> C <c@example.com>\nChange apps/ui/deployment.yaml\n\nTrailer: yes\n',
    );
  });

  test('fetches neither history nor blobs outside its paths, and leaves the other files alone', async () => {
    const remote = await makeRepository();
    server.clear();
    const repository = await open(remote);
    expect(await readdir(repository.root)).toEqual(['.git', 'apps']);
    expect(server.requests().reduce((sum, request) => sum + request.sent, 0)).toBeLessThan(10_000);
    server.clear();
    await land(repository, replaceIn('clusters/new/file.yaml', 'a: 1\n'));
    expect(server.requests().filter(({ service }) => service === 'git-upload-pack')).toEqual([]);
    const after = (await remote.git('ls-tree', '-r', '--name-only', 'main')).split('\n');
    expect(after).toEqual([...Object.keys(files), 'clusters/new/file.yaml'].toSorted());
  });

  test('sees and writes files byte for byte, whatever .gitattributes and the user’s configuration say', async () => {
    const remote = await makeRepository();
    await writeFile(
      join(world.temporary, '.gitconfig'),
      '[core]\n\tautocrlf = true\n[filter "evil"]\n\tsmudge = false\n\trequired = true\n',
    );
    const repository = await open(remote);
    const seen = ['ui', 'api'].map(app => readFile(join(repository.root, `apps/${app}/deployment.yaml`), 'utf8'));
    expect(await Promise.all(seen)).toEqual(['image: ui:1\n', 'image: api:1\r\n']);
    await land(repository, replaceIn('apps/api/deployment.yaml', 'image: api:2\r\n'));
    await writeFile(join(world.temporary, '.gitconfig'), '');
    expect(await remote.read('apps/api/deployment.yaml')).toBe('image: api:2\r\n');
  });

  test('keeps the mode of a file, takes odd names, and runs no hook', async () => {
    const remote = await makeRepository();
    const odd = 'apps/a "b"\\c é.yaml';
    await remote.commit({ [odd]: 'a: 1\n' });
    const script =
      'commit refs/heads/main\ncommitter a <a@b> 1 +0000\ndata 1\nm\nfrom refs/heads/main^0\nM 100755 inline apps/run.sh\ndata 1\n1\n';
    await execa('git', ['fast-import', '--quiet'], { cwd: remote.folder, input: script });
    const work = await world.folder();
    const env = { ...world.env, GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'core.hooksPath', GIT_CONFIG_VALUE_0: work };
    for (const hook of ['post-checkout', 'pre-push', 'reference-transaction', 'post-index-change']) {
      await writeFile(join(work, hook), `#!/bin/sh\ntouch ${join(work, 'ran')}\n`, { mode: 0o755 });
    }
    const repository = await open(remote, { env });
    await land(repository, replaceIn(odd, 'a: 2\n'));
    await land(await open(remote, { env }), replaceIn('apps/run.sh', '2'));
    expect(await remote.read(odd)).toBe('a: 2\n');
    expect(await remote.git('ls-tree', 'main', 'apps/run.sh')).toMatch(/^100755 /);
    expect(await readdir(work)).not.toContain('ran');
  });

  test('without changes pushes nothing, even when the edit writes what is there', async () => {
    const remote = await makeRepository();
    const repository = await open(remote);
    server.clear();
    const landing = await land(repository, async () => ({
      changes: [{ path: 'apps/ui/deployment.yaml', content: Buffer.from('image: ui:1\n') }],
      message: 'm',
      result: 1,
    }));
    expect(landing).toMatchObject({ kind: 'unchanged', head: await remote.git('rev-parse', 'main') });
    expect(server.requests()).toEqual([]);
  });

  test('is made anew on what somebody else has pushed meanwhile', async () => {
    const remote = await makeRepository();
    const repository = await open(remote);
    const theirs = await remote.commit({
      'apps/api/deployment.yaml': 'image: api:2\n',
      'apps/ui/deployment.yaml': 'image: ui:9\n',
    });
    const landing = await land(repository, replaceIn('apps/ui/deployment.yaml', 'image: ui:2\n'));
    expect(landing).toMatchObject({ kind: 'committed', attempts: 2, result: 'image: ui:9\n' });
    expect(await remote.git('rev-parse', 'main^')).toBe(theirs);
    expect(await remote.read('apps/api/deployment.yaml')).toBe('image: api:2\n');
  });

  test.each([
    ['shallow clones', { allowFilter: true }, false],
    ['filters', { allowFilter: false }, true],
  ])('lands on a server without %s too', async (_, options, allowShallow) => {
    const old = await startGitServer({ login, allowShallow });
    const remote = await old.createRepository('old.git', files, options);
    await remote.commit({ 'apps/ui/deployment.yaml': 'image: ui:2\n' });
    const repository = await open(remote);
    expect(await readdir(repository.root)).toEqual(['.git', 'apps']);
    await remote.commit({ 'apps/api/deployment.yaml': 'image: api:2\n' });
    await land(repository, replaceIn('apps/ui/deployment.yaml', 'image: ui:3\n'));
    await old.stop();
    expect(await readdir(repository.root)).toEqual(['.git', 'apps']);
  });

  test('lands by a writer of another kind, which is told branch, parent and files', async () => {
    const remote = await makeRepository();
    const repository = await open(remote);
    const requests: unknown[] = [];
    const write = async (request: unknown) => {
      requests.push(request);
      return requests.length === 1 ? ({ kind: 'moved' } as const) : ({ kind: 'accepted', commit: 'c0ffee' } as const);
    };
    const landing = await land(repository, replaceIn('apps/ui/deployment.yaml', 'new'), { write });
    expect(landing).toMatchObject({ kind: 'committed', commit: 'c0ffee', attempts: 2 });
    expect(requests[1]).toEqual({
      branch: 'main',
      parent: repository.head,
      changes: [{ path: 'apps/ui/deployment.yaml', content: Buffer.from('new') }],
      message: 'Change apps/ui/deployment.yaml\n\nTrailer: yes\n',
    });
  });
});

describe('an edit is refused when', () => {
  test('it leads over a symbolic link, out of the repository or onto a folder', async () => {
    const remote = await makeRepository();
    const repository = await open(remote);
    const id = (await execa('git', ['hash-object', '-w', '--stdin'], { cwd: remote.folder, input: '/etc' })).stdout;
    const input = `commit refs/heads/links\ncommitter a <a@b> 1 +0000\ndata 1\nm\nM 120000 ${id} apps/link\n`;
    await execa('git', ['fast-import', '--quiet'], { cwd: remote.folder, input });
    const links = await open(remote, { branch: 'links' });
    const paths = ['../x', '/x', '.git/config', 'apps/.GIT/config', 'apps', 'a//b'];
    for (const path of paths) {
      await expect(land(repository, replaceIn(path, 'x'))).rejects.toMatchObject({ code: 'GIT_FAILED' });
    }
    for (const path of ['apps/link', 'apps/link/hosts']) {
      await expect(land(links, replaceIn(path, 'x'))).rejects.toMatchObject({
        code: 'GIT_FAILED',
        failure: { found: expect.stringContaining('symbolic link') },
      });
    }
  });

  test('a hook of the server refuses it, at once and with the hook’s words', async () => {
    const remote = await makeRepository({ refusal: 'error: GH006: Protected branch update failed for refs/heads/main.' });
    const repository = await open(remote);
    await expect(land(repository, replaceIn('apps/ui/deployment.yaml', 'x'))).rejects.toMatchObject({
      code: 'GIT_REJECTED',
      failure: {
        likely: 'the branch is protected',
        detail: expect.stringContaining('GH006: Protected branch update failed'),
        found: '[remote rejected] (pre-receive hook declined)',
      },
    });
  });

  test('the branch does not exist, telling those that do, a tag of that name notwithstanding', async () => {
    const remote = await makeRepository();
    await remote.git('branch', 'main-2', 'main');
    await remote.git('tag', 'v1', 'main');
    for (const branch of ['mian', 'v1']) {
      await expect(open(remote, { branch })).rejects.toMatchObject({
        code: 'BRANCH_MISSING',
        failure: { found: expect.stringContaining('main, main-2') },
      });
    }
    const empty = await server.createRepository('empty.git', {});
    await expect(open(empty)).rejects.toMatchObject({ code: 'BRANCH_MISSING', failure: { found: 'no branch' } });
  });

  test('time is up, telling how often it was tried and who was last', async () => {
    const remote = await makeRepository();
    const repository = await open(remote);
    let count = 0;
    const landing = land(
      repository,
      async tree => {
        await remote.commit({ other: String(count++) }, { message: 'Go first' });
        return replaceIn('apps/ui/deployment.yaml', 'x')(tree);
      },
      { seconds: 4 },
    );
    await expect(landing).rejects.toMatchObject({
      code: 'TIMED_OUT',
      failure: { found: expect.stringMatching(/^\d+ tries; .* "Go first" by Somebody Else, /) },
    });
  });
});

describe('a new branch', () => {
  test('is made where the repository was opened, and left as it is when it is there', async () => {
    const remote = await makeRepository();
    const repository = await open(remote);
    await createBranch({ repository, branch: 'stage', signal: new AbortController().signal });
    expect(await remote.git('rev-parse', 'stage')).toBe(repository.head);
    const theirs = await remote.commit({ other: '1' }, { branch: 'stage' });
    await createBranch({ repository, branch: 'stage', signal: new AbortController().signal });
    expect(await remote.git('rev-parse', 'stage')).toBe(theirs);
  });

  test.each(['--force', 'a b', 'refs/heads/../x'])('is not named %j', async branch => {
    const repository = await open(await makeRepository());
    await expect(createBranch({ repository, branch, signal: new AbortController().signal })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    });
  });
});

describe('an edit of a checkout', () => {
  const makeCheckoutOrigin = () => server.createRepository(`${randomUUID()}.git`, { 'apps/ui/deployment.yaml': 'image: ui:1\n' });

  test('changes the files, keeps their modes, and commits and stages nothing', async () => {
    const remote = await makeCheckoutOrigin();
    const folder = join(await world.folder(), 'checkout');
    await execa('git', ['clone', '-q', remote.folder, folder]);
    await chmod(join(folder, 'apps/ui/deployment.yaml'), 0o754);
    const signal = new AbortController().signal;
    const local = { folder: join(folder, 'apps'), env: world.env, signal };
    const edited = await editLocally({ ...local, edit: replaceIn('apps/ui/deployment.yaml', '2') });
    expect(edited).toEqual({ files: ['apps/ui/deployment.yaml'], result: 'image: ui:1\n' });
    expect(await readFile(join(folder, 'apps/ui/deployment.yaml'), 'utf8')).toBe('2');
    expect((await stat(join(folder, 'apps/ui/deployment.yaml'))).mode & 0o777).toBe(0o754);
    expect(await readdir(join(folder, 'apps/ui'))).toEqual(['deployment.yaml']);
    expect((await execa('git', ['diff', '--cached', '--name-only'], { cwd: folder })).stdout).toBe('');
    expect(await editLocally({ ...local, edit: replaceIn('apps/ui/deployment.yaml', '2') })).toEqual({ files: [], result: '2' });
  });

  test('writes nothing when one of the files is a symbolic link or stands behind one', async () => {
    const remote = await makeCheckoutOrigin();
    const folder = join(await world.folder(), 'checkout');
    await execa('git', ['clone', '-q', remote.folder, folder]);
    const outside = await world.folder();
    await mkdir(join(outside, 'in'));
    await writeFile(join(outside, 'in/file'), 'theirs');
    await symlink(join(outside, 'in'), join(folder, 'apps/link'));
    await symlink(join(outside, 'in/file'), join(folder, 'apps/file'));
    const signal = new AbortController().signal;
    for (const path of ['apps/link/file', 'apps/file', '../escaped', '.git/config']) {
      const edit = async () => ({
        changes: ['apps/ui/deployment.yaml', path].map(name => ({ path: name, content: Buffer.from('ours') })),
        message: '',
        result: 0,
      });
      await expect(editLocally({ folder, env: world.env, signal, edit })).rejects.toMatchObject({ code: 'GIT_FAILED' });
    }
    expect(await readFile(join(folder, 'apps/ui/deployment.yaml'), 'utf8')).toBe('image: ui:1\n');
    expect(await readFile(join(outside, 'in/file'), 'utf8')).toBe('theirs');
    expect(await readdir(join(folder, 'apps/ui'))).toEqual(['deployment.yaml']);
  });
});
