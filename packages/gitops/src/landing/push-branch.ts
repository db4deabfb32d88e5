import { ActionError } from '@eks-gitops/errors';
import type { EditTree } from '../edit.ts';
import { createBranch, type GitRepository } from '../repository/index.ts';
import { type CloneRequest, openClone } from './open-clone.ts';

export interface PushBranchRequest extends Omit<CloneRequest, 'name'> {
  readonly pushBranch: string;
  readonly edit: EditTree<unknown>;
}

/**
 * Opens a branch of its own for commits that somebody else merges. It is edited like any other, so that nothing on it is lost or goes
 * back; where it is missing it is made from the base branch, once there is something to commit. Without that it is the base.
 */
export async function openPushBranch({ pushBranch, edit, ...request }: PushBranchRequest): Promise<GitRepository> {
  const { signal } = request;
  const open = () => openClone({ ...request, branch: pushBranch, name: 'push-branch' });
  const there = await open().catch(absent);
  if (there !== undefined) return there;
  const base = await openClone({ ...request, name: 'base' });
  const { changes } = await edit(base);
  if (changes.length === 0) return base;
  await createBranch({ repository: base, branch: pushBranch, signal });
  return openClone({ ...request, branch: pushBranch, name: 'new-branch' });
}

/** For a branch that may be missing. */
export function absent(thrown: unknown): undefined {
  if (thrown instanceof ActionError && thrown.code === 'BRANCH_MISSING') return undefined;
  throw thrown;
}
