import type { GitRepository } from './open.ts';
import { pushCommit } from './push.ts';
import { checkBranch } from './remote.ts';

export interface BranchRequest {
  readonly repository: GitRepository;
  readonly branch: string;
  readonly signal: AbortSignal;
}

/**
 * Makes a branch at the commit that the repository was opened at; one that is there already is left as it is.
 * Throws INPUT_INVALID, GIT_REJECTED, GIT_DENIED or GIT_UNREACHABLE.
 */
export async function createBranch({ repository, branch, signal }: BranchRequest): Promise<void> {
  checkBranch(branch);
  const { git, root, url, head: commit } = repository;
  const answer = await pushCommit({ git, root, url, commit, branch, expected: '', signal });
  if (answer.kind === 'unclear') throw answer.error;
}
