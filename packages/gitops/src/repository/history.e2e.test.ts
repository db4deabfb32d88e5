import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GitServer, startGitServer } from '@eks-gitops/testbed';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { fetchHistory } from './history.ts';

const login = { username: 'x-access-token', password: 's3cret' };
const { signal } = new AbortController();
let server: GitServer;
let folder: string;
beforeAll(async () => {
  server = await startGitServer({ login });
  folder = await mkdtemp(join(tmpdir(), 'history-'));
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

test('tells which commit contains which, of all branches, and of those that are pushed later', async () => {
  const repository = await server.createRepository('gitops.git', { 'apps/ui.yaml': 'a: 1\n' });
  const first = await repository.git('rev-parse', 'main');
  const commit = async (branch: string, parent: string): Promise<string> => {
    const id = await repository.git('commit-tree', '-m', branch, '-p', parent, `${parent}^{tree}`);
    await repository.git('update-ref', `refs/heads/${branch}`, id);
    return id;
  };
  const second = await commit('main', first);
  const aside = await commit('aside', first);
  const credentials = { kind: 'token', username: login.username, token: login.password } as const;
  const place = { kind: 'remote', url: repository.url } as const;
  const history = await fetchHistory({ place, credentials, folder, env: process.env, signal });
  const contains = (later: string, earlier: string) => history.contains({ later, earlier }, signal);
  expect(await contains(second, second)).toBe(true);
  expect(await contains(second, first)).toBe(true);
  expect(await contains(first, second)).toBe(false);
  expect(await contains(aside, second)).toBe(false);

  const { stdout } = await execa('git', ['rev-list', '--objects', '--missing=print', '--all'], { cwd: join(folder, 'history') });
  expect(stdout.split('\n').filter(line => !line.startsWith('?'))).toHaveLength(3);

  const third = await commit('main', second);
  expect(await contains(third, second)).toBe(true);
  expect(await contains('f'.repeat(40), second)).toBe(false);
});
