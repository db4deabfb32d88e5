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
 * Pushes a commit whose parent is the expected head: a compare-and-swap. The lease forces nothing, since the commit is a fast-forward;
 * it also refuses a branch that was deleted or set back meanwhile, which a plain push would bring back.
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
  return readPushAnswer({ output, url, branch });
}
