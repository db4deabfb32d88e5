import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BareRepository, type GitFault, type GitRequest, type GitServer, startGitServer } from '@eks-gitops/testbed';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { EditTree } from '../edit.ts';
import { type GitCredentials, type Landing, landEdit, openRepository, type Place } from './index.ts';

const login = { username: 'x-access-token', password: 's3cret-token' };
const token: GitCredentials = { kind: 'token', username: login.username, token: login.password };
const identity = { author: { name: 'A', email: 'a@example.com' }, committer: { name: 'C', email: 'c@example.com' } };
const env = { PATH: process.env['PATH'], HOME: '/nowhere' };
const signal = new AbortController().signal;

let server: GitServer;
let onRequest: ((request: GitRequest) => GitFault | undefined) | undefined;
const folders: string[] = [];

beforeAll(async () => {
  server = await startGitServer({ login, onRequest: request => onRequest?.(request) });
});
afterEach(() => {
  onRequest = undefined;
});
afterAll(async () => {
  await server.stop();
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

async function privateFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'land-'));
  folders.push(folder);
  return folder;
}

const files = {
  'apps/ui/deployment.yaml': 'image: ui:1\n',
  'apps/api/deployment.yaml': 'image: api:1\n',
  'clusters/big.bin': randomUUID().repeat(1_000),
};

function makeRepository(): Promise<BareRepository & { url: string }> {
  return server.createRepository(`${randomUUID()}.git`, files);
}

async function open(place: Place, more: Partial<Parameters<typeof openRepository>[0]> = {}) {
  return openRepository({ place, paths: ['apps'], credentials: token, folder: await privateFolder(), env, signal, ...more });
}

function replaceIn(path: string, content: string): EditTree<string> {
  return async ({ root }) => {
    const before = await readFile(join(root, path), 'utf8').catch(() => undefined);
    const changes = before === content ? [] : [{ path, content: Buffer.from(content) }];
    return { changes, message: `Change ${path}\n\nTrailer: yes\n`, result: before ?? '' };
  };
}

function land<R>(repository: Awaited<ReturnType<typeof open>>, edit: EditTree<R>, seconds = 30): Promise<Landing<R>> {
  return landEdit({ repository, edit, identity, deadline: new Date(Date.now() + seconds * 1000), signal });
}

describe('an edit of a repository over HTTP', () => {
  test('lands as one commit of exactly the changed files, by the given people', async () => {
    const remote = await makeRepository();
    const repository = await open({ kind: 'remote', url: remote.url });
    const landing = await land(repository, replaceIn('apps/ui/deployment.yaml', 'image: ui:2\n'));
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
    const repository = await open({ kind: 'remote', url: remote.url });
    expect(await readdir(repository.root)).toEqual(['.git', 'apps']);
    const sent = server.requests().reduce((sum, request) => sum + request.sent, 0);
    expect(sent).toBeLessThan(10_000);
    server.clear();
    await land(repository, replaceIn('clusters/new/file.yaml', 'a: 1\n'));
    expect(server.requests().filter(({ service }) => service === 'git-upload-pack')).toEqual([]);
    expect((await remote.git('ls-tree', '-r', '--name-only', 'main')).split('\n')).toEqual([
      ...Object.keys(files).toSorted().slice(0, 2),
      'clusters/big.bin',
      'clusters/new/file.yaml',
    ]);
  });

  test('without changes pushes nothing', async () => {
    const remote = await makeRepository();
    const repository = await open({ kind: 'remote', url: remote.url });
    server.clear();
    const landing = await land(repository, replaceIn('apps/ui/deployment.yaml', 'image: ui:1\n'));
    expect(landing).toMatchObject({ kind: 'unchanged', head: await remote.git('rev-parse', 'main') });
    expect(server.requests()).toEqual([]);
  });

  test('is made anew on what somebody else has pushed meanwhile', async () => {
    const remote = await makeRepository();
    const repository = await open({ kind: 'remote', url: remote.url });
    const theirs = await remote.commit({
      'apps/api/deployment.yaml': 'image: api:2\n',
      'apps/ui/deployment.yaml': 'image: ui:9\n',
    });
    const landing = await land(repository, replaceIn('apps/ui/deployment.yaml', 'image: ui:2\n'));
    expect(landing).toMatchObject({ kind: 'committed', attempts: 2, result: 'image: ui:9\n' });
    expect(await remote.git('rev-parse', 'main^')).toBe(theirs);
    expect(await remote.read('apps/api/deployment.yaml')).toBe('image: api:2\n');
  });
});
