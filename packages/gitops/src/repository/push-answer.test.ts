import { describe, expect, test } from '@jest/globals';
import { explainFailure } from './failure.ts';
import { readPushAnswer } from './push-answer.ts';

const url = 'https://host/r.git';

function answer(line: string, stderr = '', exitCode = 1) {
  const stdout = `To ${url}\n${line}Done\n`;
  return readPushAnswer({ output: { exitCode, stdout, stderr }, url, branch: 'main', commit: '0123456' });
}

const line = (flag: string, summary: string): string => `${flag}\t0123456:refs/heads/main\t${summary}\n`;

describe('a push is', () => {
  test.each([
    [' ', '1111111..0123456'],
    ['*', '[new branch]'],
    ['=', '[up to date]'],
    ['+', '1111111...0123456 (forced update)'],
  ])('accepted with %j', (flag, summary) => {
    expect(answer(line(flag, summary), '', 0)).toEqual({ kind: 'accepted' });
  });

  test.each([
    ['[rejected] (fetch first)', false],
    ['[rejected] (non-fast-forward)', false],
    ['[rejected] (stale info)', false],
    ['[remote rejected] (failed to update ref)', true],
    ["[remote rejected] (cannot lock ref 'refs/heads/main': is at aaaa but expected bbbb)", true],
    ['[remote rejected] (incorrect old value provided)', true],
    ['[remote rejected] (reference already exists)', true],
    ['[remote rejected] (LOCK_FAILURE: lock failure)', true],
  ])('beaten by somebody else with %s', (summary, sent) => {
    expect(answer(line('!', summary))).toEqual({ kind: 'moved', sent });
  });

  test.each([
    ['[remote rejected] (pre-receive hook declined)', 'remote: no', 'a hook or a rule of the server'],
    [
      '[remote rejected] (protected branch hook declined)',
      'remote: error: GH006: Protected branch update failed',
      'the branch is protected',
    ],
    ['[remote rejected] (push declined due to repository rule violations)', 'remote: error: GH013', 'the branch is protected'],
    [
      '[remote rejected] (pre-receive hook declined)',
      'remote: GitLab: You are not allowed to push code to protected branches on this project.',
      'the branch is protected',
    ],
  ])('refused with %s, %s', (summary, stderr, likely) => {
    const failure = expect.objectContaining({ likely, detail: stderr, found: summary });
    expect(() => answer(line('!', summary), stderr)).toThrow(expect.objectContaining({ code: 'GIT_REJECTED', failure }));
  });

  test.each([
    'fatal: the remote end hung up unexpectedly',
    'error: RPC failed; HTTP 502 curl 22 The requested URL returned error: 502',
    'error: RPC failed; curl 56 Recv failure: Connection reset by peer',
    "fatal: unable to access 'https://host/r.git/': Operation too slow. Less than 1 bytes/sec transferred the last 30 seconds",
  ])('unclear with %s', stderr => {
    expect(answer('', stderr)).toMatchObject({ kind: 'unclear', error: { code: 'GIT_UNREACHABLE' } });
  });
});

test('a push whose answer speaks of another commit or branch is not taken for accepted', () => {
  for (const other of [' \tffff:refs/heads/main\ta..b\n', ' \t0123456:refs/heads/other\ta..b\n']) {
    expect(() => answer(other, '', 0)).toThrow(expect.objectContaining({ code: 'GIT_FAILED' }));
  }
});

test.each([
  [
    "remote: Permission to o/r.git denied to github-actions[bot].\nfatal: unable to access 'https://host/r.git/': The requested URL returned error: 403",
    'GIT_DENIED',
    /GITHUB_TOKEN/,
  ],
  [
    "fatal: unable to access 'https://git-codecommit.us-west-2.amazonaws.com/v1/repos/r/': The requested URL returned error: 403",
    'GIT_DENIED',
    /lack the right/,
  ],
  ["fatal: unable to access 'https://h/r/': The requested URL returned error: 301", 'GIT_UNREACHABLE', /another address/],
  [
    "remote: HTTP Basic: Access denied.\nfatal: Authentication failed for 'https://gitlab.com/o/r.git/'",
    'GIT_DENIED',
    /wrong or has expired/,
  ],
  ["fatal: could not read Username for 'https://host': terminal prompts disabled", 'GIT_DENIED', /no credentials/],
  [
    'ERROR: The key you are authenticating with has been marked as read only.\nfatal: Could not read from remote repository.',
    'GIT_DENIED',
    /read only/,
  ],
  ['git@host: Permission denied (publickey).\nfatal: Could not read from remote repository.', 'GIT_DENIED', /SSH key/],
  ['Host key verification failed.\nfatal: Could not read from remote repository.', 'GIT_UNREACHABLE', /host key/],
  ['ERROR: Repository not found.\nfatal: Could not read from remote repository.', 'GIT_UNREACHABLE', /mistyped/],
  ["remote: Repository not found.\nfatal: repository 'https://github.com/o/r.git/' not found", 'GIT_UNREACHABLE', /mistyped/],
  ["fatal: unable to access 'https://h/': Could not resolve host: h", 'GIT_UNREACHABLE', /cannot be reached/],
  [
    "fatal: unable to access 'https://h/': server certificate verification failed. CAfile: none CRLfile: none",
    'GIT_UNREACHABLE',
    /certificate/,
  ],
  ['ssh: connect to host h port 22: Connection timed out', 'GIT_UNREACHABLE', /connection broke/],
  ['fatal: something else', 'GIT_FAILED', undefined],
])('%j means %s', (stderr, code, likely) => {
  const { error } = explainFailure({ output: { exitCode: 128, stderr }, url, doing: 'read' });
  expect(error.code).toBe(code);
  expect(error.failure.likely).toEqual(likely === undefined ? undefined : expect.stringMatching(likely));
});
