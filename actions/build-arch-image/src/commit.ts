import type { CiFacts } from '@eks-gitops/action';
import { ActionError } from '@eks-gitops/errors';
import type { NoWorkTree, WorkTree } from '@eks-gitops/gitops';

export interface CommitQuestion {
  /** The inputs `revision` and `commit-time`. */
  readonly given: { readonly revision: string | undefined; readonly commitTime: string | undefined };
  readonly workTree: WorkTree | NoWorkTree;
  readonly facts: CiFacts;
  readonly allowDirty: boolean;
  readonly now: Date;
}

/** The commit that an image is labelled with. */
export interface BuildCommit {
  readonly revision: string;
  /** In whole seconds. */
  readonly time: Date;
  /** Whether what is built differs from the commit. */
  readonly dirty: boolean;
  /** What the user should know, but need not act on. */
  readonly notices: readonly string[];
}

const commitForm = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const tolerance = 10 * 60_000;

/**
 * Decides which commit is built: HEAD of the work tree, which given inputs must agree with; without one the inputs; else the CI's facts.
 * Throws COMMIT_MISMATCH, COMMIT_UNKNOWN, COMMIT_TIME_UNKNOWN, COMMIT_TIME_FUTURE, WORKTREE_DIRTY.
 */
export function resolveCommit(question: CommitQuestion): BuildCommit {
  const { workTree, now } = question;
  const commit =
    'head' in workTree && workTree.head !== undefined ? ofWorkTree(question, workTree, workTree.head) : ofFacts(question);
  if (commit.time.getTime() > now.getTime() + tolerance) throw inFuture(commit.time, now);
  return commit;
}

type Head = NonNullable<WorkTree['head']>;

function ofWorkTree(
  { given, facts, allowDirty }: CommitQuestion,
  { changes }: WorkTree,
  { commit, committed }: Head,
): BuildCommit {
  if (given.revision !== undefined && given.revision !== commit) throw mismatch('revision', given.revision, commit);
  if (given.commitTime !== undefined && wholeSeconds(given.commitTime) !== committed.getTime()) {
    throw mismatch('commit-time', given.commitTime, committed.toISOString());
  }
  if (changes.length > 0 && !allowDirty) throw dirty(changes);
  const notices = [
    ...(changes.length > 0
      ? [`The build context or its Dockerfile holds changes that are not in ${commit}: ${listed(changes)}.`]
      : []),
    ...(facts.commit !== undefined && facts.commit !== commit
      ? [`The image is labelled with ${commit}, which is checked out; the CI says that it builds ${facts.commit}.`]
      : []),
  ];
  return { revision: commit, time: committed, dirty: changes.length > 0, notices };
}

function ofFacts({ given, workTree, facts }: CommitQuestion): BuildCommit {
  const known = facts.commit !== undefined && commitForm.test(facts.commit) ? facts.commit : undefined;
  const revision = given.revision ?? known;
  if (revision === undefined) throw unknown(workTree);
  const factTime = revision === known ? facts.commitTime : undefined;
  const time = wholeSeconds(given.commitTime ?? factTime ?? '');
  if (Number.isNaN(time)) throw timeUnknown(revision, workTree);
  return { revision, time: new Date(time), dirty: false, notices: [] };
}

function wholeSeconds(time: string): number {
  return Math.floor(Date.parse(time) / 1_000) * 1_000;
}

function mismatch(input: string, given: string, found: string): ActionError {
  return new ActionError({
    code: 'COMMIT_MISMATCH',
    message: `The input ${input} is not that of the commit that is checked out.`,
    expected: given,
    found,
    likely: 'the job checked out another commit (on a pull request GitHub checks out a merge commit)',
    remedy: `check out the commit that you mean (actions/checkout with ref), or leave ${input} out`,
  });
}

function dirty(changes: readonly string[]): ActionError {
  return new ActionError({
    code: 'WORKTREE_DIRTY',
    message:
      'The build context or its Dockerfile holds changes that are not committed, so the image would not be that of its commit.',
    expected: 'a clean work tree under the context, and a committed Dockerfile',
    found: listed(changes),
    likely: 'a step before this one wrote into the checkout',
    remedy: 'commit the files, add them to .gitignore, write them elsewhere, or set allow-dirty: true',
  });
}

function listed(changes: readonly string[]): string {
  const more = changes.length > 10 ? ` and ${changes.length - 10} more` : '';
  return changes.slice(0, 10).join(', ') + more;
}

function unknown(workTree: WorkTree | NoWorkTree): ActionError {
  return new ActionError({
    code: 'COMMIT_UNKNOWN',
    message: 'It is not known which commit is built.',
    expected: 'a git work tree around the context, the input revision, or a CI that says it',
    found: reason(workTree),
    remedy: 'check out the repository before this step (actions/checkout), or give revision and commit-time',
  });
}

function timeUnknown(revision: string, workTree: WorkTree | NoWorkTree): ActionError {
  return new ActionError({
    code: 'COMMIT_TIME_UNKNOWN',
    message: `The time of commit ${revision} is not known.`,
    expected: 'a git work tree around the context, or the input commit-time',
    found: reason(workTree),
    remedy: 'check out the repository with git, or give commit-time, for example from git show -s --format=%cI',
  });
}

function reason(workTree: WorkTree | NoWorkTree): string {
  if (!('missing' in workTree)) return 'a work tree without a commit';
  return workTree.missing === 'git' ? 'no git program on this machine' : 'no git work tree around the context';
}

function inFuture(time: Date, now: Date): ActionError {
  return new ActionError({
    code: 'COMMIT_TIME_FUTURE',
    message: 'The commit is from the future; its tag would win over every honest one after it.',
    expected: `at most 10 minutes after ${now.toISOString()}`,
    found: time.toISOString(),
    likely: 'the clock of the machine that made the commit, or of this one, is wrong',
    remedy: 'set the clock right, and amend the commit (git commit --amend --no-edit)',
  });
}
