import { type GitHubFault, type GitHubRequest, loadPublishedApi, secondaryLimit } from '@eks-gitops/testbed';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { CommitRequest } from '../edit.ts';
import { commitOverApi } from './commit-over-api.ts';
import { type LocalOptions, type LocalRepository, startLocalRepository } from './local-github.ts';

const published = await loadPublishedApi();
const start = (options: LocalOptions = {}) => startLocalRepository({ published, ...options });
let local: LocalRepository;
afterEach(async () => {
  const violations = local.github.violations();
  await local.stop();
  expect(violations).toEqual([]);
});

const message = 'Update ui\n\nui:1 -> ui:2\n\nSource-Commit: ac8730e8\nPolicy: flux-system:ui';

function request(more: Partial<CommitRequest> = {}): CommitRequest {
  const changes = [{ path: 'apps/ui/deployment.yaml', content: Buffer.from('image: ui:2\n') }];
  return { branch: 'main', parent: local.head('main'), changes, message, ...more };
}

/** A fault for the first so many requests of an operation. */
function first(count: number, operation: string, fault: GitHubFault) {
  return (asked: GitHubRequest) => (asked.operation === operation && asked.count <= count ? fault : undefined);
}

test('a commit lands as a real, signed commit with the message, its trailers, and the other files untouched', async () => {
  local = await start();
  const parent = local.head('main');
  const answer = await commitOverApi(local.target())(request());
  const commit = local.head('main');
  expect(answer).toEqual({ kind: 'accepted', commit });
  expect(local.git('rev-parse', 'main^')).toBe(parent);
  expect(local.git('log', '-1', '--format=%B', 'main')).toBe(message);
  expect(local.git('log', '-1', '--format=%(trailers:key=Source-Commit,valueonly)', 'main')).toBe('ac8730e8');
  expect(local.git('log', '-1', '--format=%an %cn', 'main')).toBe('octocat GitHub');
  expect(local.git('show', 'main:apps/ui/deployment.yaml')).toBe('image: ui:2');
  expect(local.git('diff', '--name-status', parent, 'main')).toBe('M\tapps/ui/deployment.yaml');
  expect(local.git('ls-tree', 'main', 'apps/deploy.sh')).toMatch(/^100755 /);
  expect(local.git('cat-file', '-p', 'main')).toContain('gpgsig ');
});

test('bytes go through as they are, in files of any depth that are new or old', async () => {
  local = await start();
  const content = Buffer.from([0xef, 0xbb, 0xbf, 0x0d, 0x0a, 0x00, 0xff]);
  const path = 'a b/ü/"quoted".yaml';
  await commitOverApi(local.target())(request({ changes: [{ path, content }] }));
  expect(local.git('cat-file', '-s', `main:${path}`)).toBe('7');
});

describe('a branch that has moved is told as moved, and nothing is written', () => {
  test('because somebody pushed', async () => {
    local = await start();
    const before = request();
    const theirs = local.commitFile({ branch: 'main', path: 'theirs.yaml', content: 'a: 1\n' });
    expect(await commitOverApi(local.target())(before)).toEqual({ kind: 'moved' });
    expect(local.head('main')).toBe(theirs);
  });

  test('because the parent is unknown to GitHub', async () => {
    local = await start();
    expect(await commitOverApi(local.target())(request({ parent: '1'.repeat(40) }))).toEqual({ kind: 'moved' });
  });

  test('and of ten commits at once on one head exactly one is accepted', async () => {
    local = await start();
    const asked = request();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => commitOverApi(local.target())({ ...asked, message: `Number ${index}` })),
    );
    expect(answers.filter(({ kind }) => kind === 'accepted')).toHaveLength(1);
    expect(local.git('rev-list', '--count', 'main')).toBe('2');
  });
});

describe('what GitHub failed at is looked into before it is sent again', () => {
  test.each([
    ['a connection that broke after the commit was made', { kind: 'reset', when: 'after' }],
    ['a connection that broke before', { kind: 'reset', when: 'before' }],
    ['a 502', { kind: 'answer', status: 502, body: { message: 'Server Error' } }],
  ] as const)('%s ends in one commit', async (_, fault) => {
    local = await start({ onRequest: first(1, 'createCommitOnBranch', fault) });
    const answer = await commitOverApi(local.target())(request());
    expect(answer).toEqual({ kind: 'accepted', commit: local.head('main') });
    expect(local.git('rev-list', '--count', 'main')).toBe('2');
  });

  test('even when somebody has pushed on top meanwhile', async () => {
    let ours = '';
    local = await start({
      onRequest: async asked => {
        if (asked.operation === 'createCommitOnBranch' && asked.count === 1) return { kind: 'reset', when: 'after' };
        if (ours === '') {
          ours = local.head('main');
          local.commitFile({ branch: 'main', path: 'theirs.yaml', content: 'a: 1\n' });
        }
        return undefined;
      },
    });
    expect(await commitOverApi(local.target())(request())).toEqual({ kind: 'accepted', commit: ours });
    expect(local.git('rev-list', '--count', 'main')).toBe('3');
  });

  test('a GitHub that keeps failing is an error with its words', async () => {
    local = await start({
      onRequest: first(9, 'createCommitOnBranch', { kind: 'answer', status: 503, body: { message: 'Unicorn!' } }),
    });
    await expect(commitOverApi(local.target())(request())).rejects.toMatchObject({
      code: 'GITHUB_FAILED',
      failure: { found: 'HTTP 503: Unicorn!' },
    });
    expect(local.git('rev-list', '--count', 'main')).toBe('1');
  });
});

describe('limits of the rate', () => {
  test('a secondary one is waited out, and the commit lands once', async () => {
    local = await start({ onRequest: first(2, 'createCommitOnBranch', secondaryLimit(0)) });
    expect(await commitOverApi(local.target())(request())).toMatchObject({ kind: 'accepted' });
    expect(local.notices).toHaveLength(2);
    expect(local.git('rev-list', '--count', 'main')).toBe('2');
  });

  test('a secondary one that outlasts the deadline is an error at once', async () => {
    local = await start({ onRequest: first(9, 'createCommitOnBranch', secondaryLimit(600)) });
    await expect(commitOverApi(local.target())(request())).rejects.toMatchObject({ code: 'GITHUB_LIMITED' });
    expect(local.notices).toEqual([]);
  });

  test('the primary one is waited out until its reset', async () => {
    const reset = Math.floor(Date.now() / 1000) + 4;
    local = await start({ rateLimit: { requests: 0, reset } });
    expect(await commitOverApi(local.target())(request())).toMatchObject({ kind: 'accepted' });
    expect(local.notices).toHaveLength(1);
  });
});

describe('refusals', () => {
  test('a branch that does not exist', async () => {
    local = await start();
    const asked = request({ branch: 'release' });
    await expect(commitOverApi(local.target())(asked)).rejects.toMatchObject({ code: 'BRANCH_MISSING' });
  });

  test('a protected branch, with GitHub’s words', async () => {
    const words = 'Changes must be made through a pull request.';
    local = await start({ repository: { protected: { main: words } } });
    const error = { code: 'GIT_REJECTED', failure: { detail: words } };
    await expect(commitOverApi(local.target())(request())).rejects.toMatchObject(error);
  });

  test('a token without the permission', async () => {
    local = await start();
    const error = { code: 'GITHUB_DENIED', failure: { expected: 'a token with contents: write' } };
    await expect(commitOverApi(local.target({ token: 'reader' }))(request())).rejects.toMatchObject(error);
  });

  test.each([
    ['a token without access to the repository', 'stranger'],
    ['a wrong token', 'wrong'],
  ])('%s', async (_, token) => {
    local = await start();
    await expect(commitOverApi(local.target({ token }))(request())).rejects.toMatchObject({ code: 'GITHUB_DENIED' });
  });
});

test('a cancel ends a wait for a limit at once', async () => {
  const cancel = new AbortController();
  const reason = new Error('cut');
  local = await start({ onRequest: first(9, 'createCommitOnBranch', secondaryLimit(20)) });
  const { github, repository } = local.target({ signal: cancel.signal });
  const writing = commitOverApi({ github, repository })(request());
  const check = setInterval(() => local.notices.length > 0 && cancel.abort(reason), 10);
  await expect(writing).rejects.toBe(reason);
  clearInterval(check);
});
