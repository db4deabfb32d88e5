import type { NoWorkTree, WorkTree } from '@eks-gitops/gitops';
import { describe, expect, test } from '@jest/globals';
import { type CommitQuestion, resolveCommit } from './commit.ts';

const one = '1'.repeat(40);
const two = '2'.repeat(40);
const time = '2024-05-06T07:08:09Z';
const facts = { ci: 'github', pullRequest: false } as const;
const tree: WorkTree = { root: '/w', path: '.', head: { commit: one, committed: new Date(time) }, changes: [] };
const unborn: WorkTree = { root: '/w', path: '.', changes: ['a'] };
const none: NoWorkTree = { missing: 'repository' };

interface Case {
  readonly revision?: string;
  readonly commitTime?: string;
  readonly workTree?: WorkTree | NoWorkTree;
  readonly fact?: string;
  readonly factTime?: string;
  readonly allowDirty?: boolean;
  readonly now?: string;
}

function resolve({
  revision,
  commitTime,
  workTree = tree,
  fact,
  factTime,
  allowDirty = false,
  now = '2024-06-01T00:00:00Z',
}: Case) {
  const question: CommitQuestion = {
    given: { revision, commitTime },
    workTree,
    facts: {
      ...facts,
      ...(fact === undefined ? {} : { commit: fact }),
      ...(factTime === undefined ? {} : { commitTime: factTime }),
    },
    allowDirty,
    now: new Date(now),
  };
  const { notices, dirty: _, ...commit } = resolveCommit(question);
  return { ...commit, time: commit.time.toISOString(), notices: notices.length };
}

const stamp = '2024-05-06T07:08:09.000Z';

test.each<[string, Case, { revision: string; time: string; notices: number }]>([
  ['HEAD', {}, { revision: one, time: stamp, notices: 0 }],
  [
    'HEAD, and inputs that agree',
    { revision: one, commitTime: '2024-05-06T09:08:09.5+02:00' },
    { revision: one, time: stamp, notices: 0 },
  ],
  ['HEAD, and a CI that agrees', { fact: one }, { revision: one, time: stamp, notices: 0 }],
  ['HEAD with a notice, where the CI names another commit', { fact: two }, { revision: one, time: stamp, notices: 1 }],
  [
    'HEAD with a notice, where changes are allowed',
    { workTree: { ...tree, changes: ['a'] }, allowDirty: true },
    { revision: one, time: stamp, notices: 1 },
  ],
  [
    'the inputs without git',
    { workTree: none, revision: two, commitTime: time, fact: one },
    { revision: two, time: stamp, notices: 0 },
  ],
  [
    'the CI’s facts without git',
    { workTree: none, fact: one, factTime: '2024-05-06T07:08:09.9Z' },
    { revision: one, time: stamp, notices: 0 },
  ],
  [
    'the CI’s facts before the first commit',
    { workTree: unborn, fact: one, factTime: time },
    { revision: one, time: stamp, notices: 0 },
  ],
  [
    'the CI’s commit with a given time',
    { workTree: none, fact: one, commitTime: time },
    { revision: one, time: stamp, notices: 0 },
  ],
  ['a clock that is ten minutes behind', { now: '2024-05-06T06:58:09Z' }, { revision: one, time: stamp, notices: 0 }],
])('takes %s', (_, given, expected) => {
  expect(resolve(given)).toEqual(expected);
});

describe('refuses', () => {
  test.each<[string, Case, string]>([
    ['a revision that is not checked out', { revision: two }, 'COMMIT_MISMATCH'],
    ['a time that is not HEAD’s', { commitTime: '2024-05-06T07:08:10Z' }, 'COMMIT_MISMATCH'],
    ['changes in the context', { workTree: { ...tree, changes: ['a'] } }, 'WORKTREE_DIRTY'],
    ['a build of no known commit', { workTree: none }, 'COMMIT_UNKNOWN'],
    ['a fact that is no commit', { workTree: none, fact: 'main', factTime: time }, 'COMMIT_UNKNOWN'],
    ['a commit of no known time', { workTree: none, fact: one }, 'COMMIT_TIME_UNKNOWN'],
    ['the time of another commit', { workTree: none, revision: two, fact: one, factTime: time }, 'COMMIT_TIME_UNKNOWN'],
    ['a commit from the future', { now: '2024-05-06T06:58:08Z' }, 'COMMIT_TIME_FUTURE'],
  ])('%s', (_, given, code) => {
    expect(() => resolve(given)).toThrow(expect.objectContaining({ code }));
  });
});
