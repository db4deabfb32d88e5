import { ActionError } from '@eks-gitops/errors';
import type { Person } from './commit.ts';
import { explainFailure } from './failure.ts';
import { succeeded } from './git.ts';
import type { GitRepository } from './open.ts';
import { retryOnline } from './retry-online.ts';

/** What stands on a branch to push to. */
export interface PushTarget {
  /** Empty when there is no such branch. */
  readonly head: string;
  /** The tree of its head, when that is a commit of ours. */
  readonly tree?: string;
}

export interface PushTargetQuestion {
  readonly repository: GitRepository;
  readonly pushBranch: string;
  /** The head of the repository's branch, on which the commit stands. */
  readonly base: string;
  readonly committer: Person;
  readonly signal: AbortSignal;
}

/**
 * Reads a branch other than the one that is edited. It may be absent, or equal to the edited branch, or end in a commit of the same
 * committer: an earlier run has put that directly on the edited branch, as it stood then, and the new commit takes its place.
 * Throws GIT_REJECTED when somebody else has committed to it last.
 */
export async function readPushTarget(question: PushTargetQuestion): Promise<PushTarget> {
  const { repository, pushBranch, base, committer, signal } = question;
  const { git, root } = repository;
  const reference = `refs/heads/${pushBranch}`;
  const listed = await online(question, ['ls-remote', 'origin', reference]);
  const line = listed.split('\n').find(text => text.endsWith(`\t${reference}`));
  const [head = ''] = line?.split('\t') ?? [];
  if (head === '' || head === base) return { head };
  await online(question, ['fetch', '--quiet', '--no-tags', '--depth=1', 'origin', head]);
  const log = ['log', '--max-count=1', '--no-show-signature', '--format=%T %cn <%ce>', head, '--'];
  const [, tree = '', last = ''] =
    /^(\S+) (.*)$/.exec(succeeded(await git(log, { folder: root, signal }), `read ${pushBranch}`).trim()) ?? [];
  if (last !== `${committer.name} <${committer.email}>`) throw foreign(question, last);
  return { head, tree };
}

async function online({ repository, signal }: PushTargetQuestion, args: readonly string[]): Promise<string> {
  const { git, root, url } = repository;
  const output = await retryOnline({ run: () => git(args, { folder: root, online: true, signal }), url, signal });
  if (output.exitCode !== 0) throw explainFailure({ output, url, doing: 'read' }).error;
  return output.stdout;
}

function foreign({ repository, pushBranch, committer }: PushTargetQuestion, found: string): ActionError {
  return new ActionError({
    code: 'GIT_REJECTED',
    message: `The last commit of ${pushBranch} in ${repository.url} is not one of this step.`,
    expected: `a commit by ${committer.name} <${committer.email}>, which may be replaced`,
    found: `a commit by ${found}`,
    remedy: `Merge or delete ${pushBranch}, or push to another branch.`,
  });
}
