import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ActionError } from '@eks-gitops/errors';
import { branchMissing, checkOut } from './clone.ts';
import { explainFailure } from './failure.ts';
import { succeeded } from './git.ts';
import type { GitRepository } from './open.ts';
import { retryOnline } from './retry-online.ts';

export interface Refresh {
  readonly repository: GitRepository;
  readonly signal: AbortSignal;
}

/**
 * Fetches the branch and makes the work tree one of its head; gives that. What is new since the clone is little, so it comes with its
 * blobs and its history in one request, and a commit of ours can be found in it.
 */
export async function fetchHead({ repository, signal }: Refresh): Promise<string> {
  const { git, root, url, branch } = repository;
  const args = ['fetch', '--quiet', '--no-tags', '--no-filter', 'origin', `+refs/heads/${branch}:refs/remotes/origin/${branch}`];
  const output = await retryOnline({ run: () => git(args, { folder: root, online: true, signal }), url, signal });
  if (output.exitCode !== 0) {
    if (/couldn't find remote ref/.test(output.stderr)) throw await branchMissing({ git, url, branch, signal });
    throw explainFailure({ output, url, doing: 'read' }).error;
  }
  const [head = ''] = /^[0-9a-f]{40,64}/.exec(await readFile(join(root, '.git', 'FETCH_HEAD'), 'utf8')) ?? [];
  if (head === '') throw new ActionError({ code: 'GIT_FAILED', message: `git fetched no head of ${branch} from ${url}.` });
  await checkOut({ git, root, commit: head, url, signal });
  return head;
}

export interface CommitQuestion extends Refresh {
  readonly commit: string;
}

/** The commits up to a fetched one that the branch has got since it was cloned. */
export async function commitsSinceOpened({ repository, commit, signal }: CommitQuestion): Promise<readonly string[]> {
  const { git, root, head } = repository;
  const listed = await git(['rev-list', commit, `^${head}`, '--'], { folder: root, signal });
  return succeeded(listed, 'list the new commits').trim().split('\n');
}

/** A commit as a line for people: its short id, subject, author and age. */
export async function describeHead({ repository, commit, signal }: CommitQuestion): Promise<string> {
  const { git, root } = repository;
  const args = ['log', '--max-count=1', '--no-show-signature', '--format=%h "%s" by %an, %cr', commit, '--'];
  return succeeded(await git(args, { folder: root, signal }), 'read the last commit').trim();
}
