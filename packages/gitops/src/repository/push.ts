import type { Git } from './git.ts';
import { type PushAnswer, readPushAnswer } from './push-answer.ts';

export interface PushOrder {
  readonly git: Git;
  readonly root: string;
  readonly url: string;
  readonly commit: string;
  readonly branch: string;
  /** The head that the branch must have; empty when it must not exist. */
  readonly expected: string;
  readonly signal: AbortSignal;
}

/**
 * Pushes a commit onto a branch that must have the expected head: a compare-and-swap. Where that is the commit's parent the lease forces
 * nothing; it also refuses a branch that was deleted or set back meanwhile, which a plain push would bring back.
 */
export async function pushCommit({ git, root, url, commit, branch, expected, signal }: PushOrder): Promise<PushAnswer> {
  const target = `refs/heads/${branch}`;
  const args = [
    'push',
    '--porcelain',
    '--no-verify',
    `--force-with-lease=${target}:${expected}`,
    'origin',
    `${commit}:${target}`,
  ];
  const output = await git(args, { folder: root, online: true, signal });
  return readPushAnswer({ output, url, branch, commit });
}
