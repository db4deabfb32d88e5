import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createAuthority } from '../certificates.ts';
import { type GitHubOptions, type LocalGitHub, loadPublishedApi, startGitHub } from './start-github.ts';

const published = await loadPublishedApi();
let root: string;
let folder: string;
let github: LocalGitHub;
let head: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'start-github-'));
  folder = join(root, 'gitops.git');
  git(['init', '-q', '--bare', '-b', 'main', folder], root);
  const tree = git(['mktree'], folder);
  head = git(['-c', 'user.name=A', '-c', 'user.email=a@example.com', 'commit-tree', '-m', 'Begin', tree], folder);
  git(['update-ref', 'refs/heads/main', head], folder);
});
afterEach(async () => {
  await github.stop();
  rmSync(root, { recursive: true, force: true });
});

function git(args: readonly string[], cwd: string): string {
  return execFileSync('git', args, { cwd, encoding: 'utf8', input: '', stdio: ['pipe', 'pipe', 'pipe'] }).trim();
}

async function start(more: Partial<GitHubOptions> = {}): Promise<void> {
  const permissions = { contents: 'write', pull_requests: 'write' } as const;
  github = await startGitHub({
    published,
    repositories: [{ name: 'octo/gitops', folder }],
    tokens: [{ token: 't', login: 'octocat', repositories: ['octo/gitops'], permissions }],
    ...more,
  });
}

async function send(method: string, path: string, body?: unknown) {
  const headers = { authorization: 'token t', 'content-type': 'application/json' };
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const response = await fetch(`${github.url}${path}`, init);
  return { status: response.status, headers: response.headers, body: JSON.parse((await response.text()) || 'null') };
}

const repo = '/repos/octo/gitops';

describe('what GitHub’s descriptions do not allow is answered with 501 and recorded', () => {
  test.each([
    ['a pull request without its base', 'POST', `${repo}/pulls`, { title: 'x', head: 'ui' }],
    ['a field that does not exist', 'POST', `${repo}/pulls`, { title: 'x', head: 'ui', base: 'main', labels: ['a'] }],
    ['a field of another type', 'PATCH', `${repo}/git/refs/heads/main`, { sha: 'abc', force: 'yes' }],
    ['a body that is missing', 'POST', `${repo}/git/refs`, undefined],
    ['a query that does not exist', 'GET', `${repo}/pulls?branch=ui`, undefined],
    ['an operation that is not served', 'PUT', `${repo}/topics`, { names: [] }],
    ['a GraphQL document that cannot be read', 'POST', '/graphql', { query: 'query {' }],
    ['a GraphQL field that does not exist', 'POST', '/graphql', { query: '{ repository(owner: "a", name: "b") { branch } }' }],
    [
      'a GraphQL variable of another type',
      'POST',
      '/graphql',
      {
        query: 'mutation($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid } } }',
        variables: { input: { branch: { branchName: 'main' }, message: { headline: 'x' } } },
      },
    ],
  ])('%s', async (_, method, path, body) => {
    await start();
    expect((await send(method, path, body)).status).toBe(501);
    expect(github.violations()).toHaveLength(1);
  });
});

describe('the rules', () => {
  async function branch(name: string): Promise<string> {
    await send('POST', `${repo}/git/refs`, { ref: `refs/heads/${name}`, sha: head });
    const query = 'mutation($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid } } }';
    const input = {
      branch: { repositoryNameWithOwner: 'octo/gitops', branchName: name },
      expectedHeadOid: head,
      message: { headline: 'Add', body: 'A: 1' },
      fileChanges: { additions: [{ path: 'a.yaml', contents: 'YQ==' }] },
    };
    const { body } = await send('POST', '/graphql', { query, variables: { input } });
    return body.data.createCommitOnBranch.commit.oid;
  }

  afterEach(() => expect(github.violations()).toEqual([]));

  test('a commit of the API is verified, one of git is not', async () => {
    await start();
    const oid = await branch('ui');
    expect(await send('GET', `${repo}/commits/${oid}`)).toMatchObject({
      status: 200,
      body: { sha: oid, commit: { message: 'Add\n\nA: 1', verification: { verified: true } } },
    });
    expect((await send('GET', `${repo}/commits/main`)).body.commit.verification).toMatchObject({ verified: false });
  });

  test('one pull request is open for two branches, and there must be something between them', async () => {
    await start();
    await branch('ui');
    const pull = { title: 'x', head: 'ui', base: 'main' };
    expect((await send('POST', `${repo}/pulls`, pull)).status).toBe(201);
    expect(await send('POST', `${repo}/pulls`, pull)).toMatchObject({
      status: 422,
      body: { message: 'Validation Failed', errors: [{ message: 'A pull request already exists for octo:ui.' }] },
    });
    expect(await send('POST', `${repo}/pulls`, { ...pull, head: 'main' })).toMatchObject({
      status: 422,
      body: { errors: [{ message: 'No commits between main and main' }] },
    });
  });

  test('a pull request closes when its branch comes to equal the base, or goes', async () => {
    await start();
    for (const name of ['ui', 'api']) {
      await branch(name);
      await send('POST', `${repo}/pulls`, { title: name, head: name, base: 'main' });
    }
    await send('PATCH', `${repo}/git/refs/heads/ui`, { sha: head, force: true });
    await send('DELETE', `${repo}/git/refs/heads/api`);
    expect(github.pullRequests('octo/gitops').map(({ state }) => state)).toEqual(['closed', 'closed']);
  });

  test('a branch is not moved back without force, and not made twice', async () => {
    await start();
    await branch('ui');
    expect(await send('PATCH', `${repo}/git/refs/heads/ui`, { sha: head })).toMatchObject({
      status: 422,
      body: { message: 'Update is not a fast forward' },
    });
    expect(await send('POST', `${repo}/git/refs`, { ref: 'refs/heads/ui', sha: head })).toMatchObject({
      status: 422,
      body: { message: 'Reference already exists' },
    });
  });

  test('a token is told what it lacks, and nothing of repositories that it has no access to', async () => {
    const permissions = { contents: 'read' } as const;
    await start({ tokens: [{ token: 't', login: 'octocat', repositories: ['octo/gitops'], permissions }] });
    const denied = await send('DELETE', `${repo}/git/refs/heads/main`);
    expect(denied.status).toBe(403);
    expect(denied.headers.get('x-accepted-github-permissions')).toBe('contents=write');
    expect((await send('GET', '/repos/octo/other/git/ref/heads/main')).status).toBe(404);
  });

  test('the primary limit is counted down in the headers and ends in 403', async () => {
    await start({ rateLimit: { requests: 1, reset: Math.floor(Date.now() / 1000) + 60 } });
    expect((await send('GET', `${repo}/git/ref/heads/main`)).headers.get('x-ratelimit-remaining')).toBe('0');
    expect((await send('GET', `${repo}/git/ref/heads/main`)).status).toBe(403);
  });
});

test('it serves TLS with a certificate that is given', async () => {
  const authority = await createAuthority();
  await start({ tls: await authority.issue(['localhost']) });
  const status = await new Promise((resolve, reject) => {
    const options = { ca: authority.certificate, headers: { authorization: 'token t' } };
    httpsRequest(`${github.url}${repo}/git/ref/heads/main`, options, response => resolve(response.resume().statusCode))
      .once('error', reject)
      .end();
  });
  expect(status).toBe(200);
});
