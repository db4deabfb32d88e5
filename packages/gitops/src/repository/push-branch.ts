import { ActionError } from '@eks-gitops/errors';
import type { Person } from './commit.ts';
import { explainFailure } from './failure.ts';
import { succeeded } from './git.ts';
import type { GitRepository } from './open.ts';
import { retryOnline } from './retry-online.ts';

/** What a branch to push to holds now; its commits beyond the base are ours, and may be replaced. */
export interface PushTarget {
  /** Empty when there is no such branch. */
  readonly head: string;
  /** The tree of its head; absent when nothing of ours stands there. */
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
 * Reads a branch other than the one that is edited. It may be absent, or contained in the edited branch, or hold commits of the same
 * committer alone; those were made by an earlier run, and the new commit takes their place. Throws GIT_REJECTED when somebody else
 * has committed to it, or when the server cannot tell (fetches commits by `--shallow-exclude`).
 */
export async function readPushTarget(question: PushTargetQuestion): Promise<PushTarget> {
  const { repository, pushBranch, base, committer, signal } = question;
  const { git, root } = repository;
  const reference = `refs/heads/${pushBranch}`;
  const listed = await online(question, ['ls-remote', 'origin', reference]);
  const head =
    listed.stdout
      .split('\n')
      .find(line => line.endsWith(`\t${reference}`))
      ?.split('\t')[0] ?? '';
  if (head === '' || head === base) return { head };
  const exclude = `--shallow-exclude=refs/heads/${repository.branch}`;
  const fetched = await online(question, ['fetch', '--quiet', '--no-tags', '--no-filter', exclude, 'origin', head]);
  if (/no commits selected/.test(fetched.stderr)) return { head };
  if (fetched.exitCode !== 0) throw foreign(question, fetched.stderr);
  const log = ['log', '--no-show-signature', '--format=%T %cn <%ce>', head, `^${base}`, '--'];
  const commits = succeeded(await git(log, { folder: root, signal }), `read ${pushBranch}`)
    .trim()
    .split('\n');
  const theirs = commits.find(line => !line.endsWith(` ${committer.name} <${committer.email}>`));
  if (theirs !== undefined) throw foreign(question, theirs.slice(theirs.indexOf(' ') + 1));
  return { head, tree: commits[0]?.split(' ')[0] ?? '' };
}

async function online({ repository, signal }: PushTargetQuestion, args: readonly string[]) {
  const { git, root, url } = repository;
  const output = await retryOnline({ run: () => git(args, { folder: root, online: true, signal }), url, signal });
  if (output.exitCode !== 0 && args[0] === 'ls-remote') throw explainFailure({ output, url, doing: 'read' }).error;
  return output;
}

function foreign({ repository, pushBranch, committer }: PushTargetQuestion, found: string): ActionError {
  return new ActionError({
    code: 'GIT_REJECTED',
    message: `${pushBranch} of ${repository.url} holds commits that this step did not make.`,
    expected: `commits by ${committer.name} <${committer.email}> alone, on top of ${repository.branch}`,
    found,
    remedy: `Merge or delete ${pushBranch}, or push to another branch.`,
  });
}
