import { type GitHubRequest, loadPublishedApi } from '@eks-gitops/testbed';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type LocalOptions, type LocalRepository, startLocalRepository } from './local-github.ts';
import { closePullRequest, type PullRequestRequest, upsertPullRequest } from './pull-request.ts';
import { commitToPullRequestBranch } from './pull-request-branch.ts';

const published = await loadPublishedApi();
const start = (options: LocalOptions = {}) => startLocalRepository({ published, ...options });
let local: LocalRepository;
afterEach(async () => {
  const violations = local.github.violations();
  await local.stop();
  expect(violations).toEqual([]);
});

const branches = { base: 'main', head: 'flux-system/ui' };
const path = 'apps/ui/deployment.yaml';

type Target = Parameters<LocalRepository['target']>[0];

/** What a run does: the change as one commit on the branch, then the pull request. */
async function propose(tag: string, more: Partial<PullRequestRequest> = {}, options: Target = {}) {
  const target = local.target(options);
  const write = commitToPullRequestBranch(target, branches);
  const changes = [{ path, content: Buffer.from(`image: ui:${tag}\n`) }];
  const message = `Update ui to ${tag}\n\nRun: ${Math.random()}`;
  const commit = () => write({ branch: 'main', parent: local.head('main'), changes, message });
  let answer = await commit();
  while (answer.kind === 'moved') answer = await commit();
  const texts = { title: `Update ui to ${tag}`, body: `ui:1 → ui:${tag}` };
  const pull = await upsertPullRequest(target, { branches, ...texts, labels: [], reviewers: [], draft: false, ...more });
  return { answer, pull };
}

function pulls() {
  return local.github.pullRequests('octo/gitops');
}

function branchNames(): string[] {
  return local.git('for-each-ref', '--format=%(refname:short)', 'refs/heads').split('\n');
}

test('a pull request is opened with one signed commit on the base, and no temporary branch stays', async () => {
  local = await start();
  const { answer, pull } = await propose('2');
  expect(answer).toEqual({ kind: 'accepted', commit: local.head(branches.head), changed: true });
  expect(pull).toMatchObject({ number: 1, outcome: 'created', notices: [] });
  expect(pull.url).toMatch(/octo\/gitops\/pull\/1$/);
  expect(local.git('rev-parse', `${branches.head}^`)).toBe(local.head('main'));
  expect(local.git('show', `${branches.head}:${path}`)).toBe('image: ui:2');
  expect(branchNames()).toEqual([branches.head, 'main']);
});

test('the same change again writes nothing, even when the base has moved on elsewhere', async () => {
  local = await start();
  await propose('2');
  const head = local.head(branches.head);
  local.commitFile({ branch: 'main', path: 'README.md', content: 'More\n' });
  const before = local.github.operations().length;
  const { answer, pull } = await propose('2');
  expect(answer).toEqual({ kind: 'accepted', commit: head, changed: false });
  expect(pull).toMatchObject({ number: 1, outcome: 'unchanged' });
  expect(local.github.operations().slice(before)).toEqual(['repository', 'repository', 'GET /repos/{owner}/{repo}/pulls']);
});

test('another change updates the same pull request, again as one commit on the base, and it is never closed on the way', async () => {
  local = await start();
  await propose('2');
  local.commitFile({ branch: 'main', path: 'README.md', content: 'More\n' });
  const { pull } = await propose('3');
  expect(pull).toMatchObject({ number: 1, outcome: 'updated' });
  expect(pulls()).toMatchObject([{ number: 1, state: 'open', title: 'Update ui to 3', body: 'ui:1 → ui:3' }]);
  expect(local.git('rev-list', `main..${branches.head}`).split('\n')).toHaveLength(1);
  expect(local.git('rev-parse', `${branches.head}^`)).toBe(local.head('main'));
});

test('a base that has moved is told, and the branch stays as it was', async () => {
  local = await start();
  const parent = local.head('main');
  local.commitFile({ branch: 'main', path: 'README.md', content: 'More\n' });
  const changes = [{ path, content: Buffer.from('image: ui:2\n') }];
  const write = commitToPullRequestBranch(local.target(), branches);
  expect(await write({ branch: 'main', parent, changes, message: 'x' })).toEqual({ kind: 'moved' });
  expect(branchNames()).toEqual(['main']);
});

describe('killed between any two requests and run again', () => {
  test.each(Array.from({ length: 9 }, (_, index) => index + 1))(
    'after request %i there are one pull request and no temporary branch',
    async count => {
      const cancel = new AbortController();
      let seen = 0;
      local = await start({
        onRequest: () => {
          seen += 1;
          if (seen !== count) return undefined;
          setImmediate(() => cancel.abort(new Error('killed')));
          return { kind: 'reset', when: 'after' };
        },
      });
      await propose('2', { labels: ['gitops'] }, { signal: cancel.signal }).catch(() => undefined);
      const { pull } = await propose('2', { labels: ['gitops'] });
      expect(pull.number).toBe(1);
      expect(pulls()).toMatchObject([{ number: 1, state: 'open', labels: ['gitops'] }]);
      expect(branchNames()).toEqual([branches.head, 'main']);
      expect(local.git('rev-list', '--count', `main..${branches.head}`)).toBe('1');
    },
  );
});

test('commits of others on the branch are not overwritten, and named', async () => {
  local = await start();
  await propose('2');
  const theirs = local.commitFile({ branch: branches.head, path: 'fix.yaml', content: 'a: 1\n' });
  await expect(propose('3')).rejects.toMatchObject({
    code: 'BRANCH_FOREIGN',
    failure: { found: expect.stringContaining('Change fix.yaml') },
  });
  expect(local.head(branches.head)).toBe(theirs);
});

test('a commit of somebody else in the place of ours is not overwritten either', async () => {
  local = await start();
  await propose('2');
  const theirs = local.commitFile({ branch: branches.head, path: 'fix.yaml', content: 'a: 1\n', parent: 'origin/main' });
  await expect(propose('3')).rejects.toMatchObject({ code: 'BRANCH_FOREIGN' });
  expect(local.head(branches.head)).toBe(theirs);
});

test('a merge of the base into the branch, as GitHub’s button makes it, is nobody’s commit', async () => {
  local = await start();
  await propose('2');
  const base = local.commitFile({ branch: 'main', path: 'README.md', content: 'More\n' });
  local.mergeInto({ branch: branches.head, commit: base });
  expect((await propose('2')).answer).toMatchObject({ changed: false });
  expect((await propose('3')).pull).toMatchObject({ number: 1, outcome: 'updated' });
  expect(local.git('rev-list', '--count', `main..${branches.head}`)).toBe('1');
});

describe('a pull request whose change the base has overtaken', () => {
  const closing = { branches, message: 'x\n\nRun: 1', body: 'main holds ui:3 already.' };

  test('is closed with the reason, and its branch deleted', async () => {
    local = await start();
    await propose('2');
    expect(await closePullRequest(local.target(), closing)).toMatchObject({ number: 1 });
    expect(pulls()).toMatchObject([{ state: 'closed', body: 'main holds ui:3 already.' }]);
    expect(branchNames()).toEqual(['main']);
    expect(await closePullRequest(local.target(), closing)).toBeUndefined();
  });

  test('stays when somebody else has committed to it', async () => {
    local = await start();
    await propose('2');
    local.commitFile({ branch: branches.head, path: 'fix.yaml', content: 'a: 1\n' });
    await expect(closePullRequest(local.target(), closing)).rejects.toMatchObject({ code: 'BRANCH_FOREIGN' });
    expect(pulls()).toMatchObject([{ state: 'open', body: 'ui:1 → ui:2' }]);
  });
});

test('a branch that was merged and kept is used again for the next change', async () => {
  local = await start();
  await propose('2');
  local.git('update-ref', 'refs/heads/main', local.head(branches.head));
  const { pull } = await propose('3');
  expect(pull).toMatchObject({ number: 2, outcome: 'created' });
  expect(pulls().map(({ state }) => state)).toEqual(['closed', 'open']);
});

describe('what a pull request has beside its text', () => {
  test('labels, reviewers, teams, draft and auto-merge are set, and once', async () => {
    local = await start({ repository: { reviewers: ['mona', 'octo/platform'] } });
    const more = { labels: ['gitops'], reviewers: ['mona', 'octo/platform'], draft: true, autoMerge: 'squash' } as const;
    await propose('2', more);
    expect(pulls()).toMatchObject([
      { labels: ['gitops'], reviewers: ['mona'], teams: ['platform'], draft: true, autoMerge: 'squash' },
    ]);
    const { pull } = await propose('2', more);
    expect(pull).toMatchObject({ outcome: 'unchanged', notices: [] });
  });

  test('a label is added where somebody took it away, and theirs stay', async () => {
    local = await start();
    await propose('2', { labels: ['theirs'] });
    const { pull } = await propose('2', { labels: ['gitops'] });
    expect(pull.outcome).toBe('updated');
    expect(pulls()).toMatchObject([{ labels: ['theirs', 'gitops'] }]);
  });

  test('reviewers who are none are a notice', async () => {
    local = await start();
    const { pull } = await propose('2', { reviewers: ['stranger'] });
    expect(pull).toMatchObject({
      outcome: 'created',
      notices: [expect.stringContaining('only be requested from collaborators')],
    });
  });

  test.each([
    ['disallowed', 'Allow auto-merge in the repository’s settings'],
    ['clean', 'Nothing required is pending'],
  ] as const)('auto-merge that is %s is a notice with what to do', async (autoMerge, advice) => {
    local = await start({ repository: { autoMerge } });
    const { pull } = await propose('2', { autoMerge: 'merge' });
    expect(pull).toMatchObject({ outcome: 'created', notices: [expect.stringContaining(advice)] });
  });
});

describe('what goes wrong', () => {
  test('three runs at once end with one pull request', async () => {
    local = await start();
    const proposed = await Promise.all([propose('2'), propose('2'), propose('2')]);
    expect(proposed.map(({ pull }) => pull.number)).toEqual([1, 1, 1]);
    expect(pulls()).toHaveLength(1);
    expect(branchNames()).toEqual([branches.head, 'main']);
  });

  test('a pull request that was opened as the connection broke is not opened twice', async () => {
    const onRequest = ({ operation, count }: GitHubRequest) =>
      operation === 'POST /repos/{owner}/{repo}/pulls' && count === 1 ? ({ kind: 'reset', when: 'after' } as const) : undefined;
    local = await start({ onRequest });
    expect((await propose('2')).pull.number).toBe(1);
    expect(pulls()).toHaveLength(1);
  });

  test('a token that may write contents alone is told the permission that GitHub names', async () => {
    const permissions = { contents: 'write', pull_requests: 'read' } as const;
    local = await start({
      tokens: [{ token: 'writer', login: 'octocat', repositories: ['octo/gitops'], permissions }],
    });
    await expect(propose('2')).rejects.toMatchObject({
      code: 'GITHUB_DENIED',
      failure: { expected: 'a token with pull_requests: write', found: 'HTTP 403: Resource not accessible by integration' },
    });
  });

  test('a workflow’s token where Actions may not open pull requests is told the setting', async () => {
    const message = 'GitHub Actions is not permitted to create or approve pull requests.';
    local = await start({
      onRequest: ({ operation }) =>
        operation === 'POST /repos/{owner}/{repo}/pulls' ? { kind: 'answer', status: 403, body: { message } } : undefined,
    });
    await expect(propose('2')).rejects.toMatchObject({
      code: 'GITHUB_DENIED',
      failure: { remedy: expect.stringContaining('Settings → Actions → General') },
    });
  });

  test('a rule that forbids the commit is told, and no branch stays', async () => {
    const words = 'Repository rule violations found';
    local = await start({ repository: { protected: { [`${branches.head}-next`]: words } } });
    await expect(propose('2')).rejects.toMatchObject({ code: 'GIT_REJECTED', failure: { detail: words } });
    expect(branchNames()).toEqual(['main']);
  });

  test('a branch with nothing on it cannot be proposed', async () => {
    local = await start();
    local.git('branch', branches.head, 'main');
    const texts = { title: 'x', body: '', labels: [], reviewers: [], draft: false };
    await expect(upsertPullRequest(local.target(), { branches, ...texts })).rejects.toMatchObject({
      code: 'GITHUB_FAILED',
      failure: { detail: expect.stringContaining('No commits between main and flux-system/ui') },
    });
  });
});
