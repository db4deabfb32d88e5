import { ActionError } from '@eks-gitops/errors';
import { z } from 'zod';
import type { CommitAnswer, CommitRequest, FileChange } from '../edit.ts';
import { branchMissing, deleteBranch, putBranch } from './branches.ts';
import type { GitHubTarget } from './client.ts';
import { commitOverApi } from './commit-over-api.ts';
import { fileFields, holdsFiles } from './file-identity.ts';
import { type OwnCommitQuestion, readOwnCommit } from './own-commits.ts';

/** The two branches of a pull request; `head` is ours by its name, and stable, so that one pull request is kept up to date. */
export interface PullRequestBranches {
  readonly base: string;
  readonly head: string;
}

/** `current`: its one commit holds just the changes, whatever its parent and message; nothing is to be written. */
export type PullRequestBranchState =
  | { readonly kind: 'absent' }
  | { readonly kind: 'current'; readonly commit: string }
  | { readonly kind: 'outdated'; readonly commit: string };

export type PullRequestCommitAnswer = CommitAnswer & { readonly changed?: boolean };

/**
 * Commits over the API on a pull request's own branch, as the one commit on the base's head (`request.branch` and `request.parent`).
 * GitHub closes a pull request whose branch has nothing that the base has not, so the branch never stands on the base itself: the commit
 * is made on a temporary branch, `<head>-next`, the branch is set to it, and the temporary one deleted, by the next run if this one is
 * killed. A branch that holds the changes already is left as it is (`changed: false`), even when the base has moved on.
 *
 * Throws BRANCH_FOREIGN when somebody else has committed to the branch, and what {@link commitOverApi} throws.
 */
export function commitToPullRequestBranch(
  target: GitHubTarget,
  branches: PullRequestBranches,
): (request: CommitRequest) => Promise<PullRequestCommitAnswer> {
  const temporary = `${branches.head}-next`;
  return async request => {
    const { heads, state } = await look(target, { ...request, branches });
    if (heads.base === undefined) throw branchMissing(target, branches.base);
    const sweep = () => deleteBranch(target, temporary);
    if (heads.base !== request.parent || state.kind === 'current') {
      if (heads.next !== undefined) await sweep();
      return state.kind === 'current' ? { kind: 'accepted', commit: state.commit, changed: false } : { kind: 'moved' };
    }
    const write = async (): Promise<PullRequestCommitAnswer> => {
      await putBranch(target, { branch: temporary, commit: request.parent, exists: heads.next !== undefined });
      const answer = await commitOnTemporary(target, { ...request, branch: temporary });
      if (answer.kind === 'moved') return answer;
      await putBranch(target, { branch: branches.head, commit: answer.commit, exists: state.kind !== 'absent' });
      return { ...answer, changed: true };
    };
    const answer = await write().catch(async thrown => {
      await sweep().catch(() => undefined);
      throw thrown;
    });
    await sweep();
    return answer;
  };
}

/** Another run for the same branch may have moved or deleted the temporary one; it is all done anew then. */
async function commitOnTemporary(target: GitHubTarget, request: CommitRequest): Promise<CommitAnswer> {
  try {
    return await commitOverApi(target)(request);
  } catch (thrown) {
    if (thrown instanceof ActionError && thrown.code === 'BRANCH_MISSING') return { kind: 'moved' };
    throw thrown;
  }
}

export interface BranchQuestion extends OwnCommitQuestion {
  readonly changes: readonly FileChange[];
}

/**
 * Compares a pull request's own branch with the changes that it is for, for who writes it with git. Throws BRANCH_FOREIGN when
 * somebody else has committed to it.
 */
export async function readPullRequestBranch(target: GitHubTarget, question: BranchQuestion): Promise<PullRequestBranchState> {
  return (await look(target, question)).state;
}

const ref = z.object({ target: z.looseObject({ oid: z.string() }) }).nullable();
const headsAnswer = z
  .object({ repository: z.object({ base: ref, head: ref, next: ref }) })
  .transform(({ repository: { base, head, next } }) => ({ base: base?.target.oid, head: head?.target, next: next?.target.oid }));

async function look(target: GitHubTarget, { branches, changes, message }: BranchQuestion) {
  const { github, repository } = target;
  const { owner, name } = repository;
  const { declarations, fields, variables } = fileFields(changes);
  const { base, head, next } = await github.ask({
    request: `query branches($owner: String!, $name: String!, $base: String!, $head: String!, $next: String!${declarations}) {
      repository(owner: $owner, name: $name) {
        base: ref(qualifiedName: $base) { target { oid } }
        head: ref(qualifiedName: $head) { target { oid ... on Commit { ${fields} } } }
        next: ref(qualifiedName: $next) { target { oid } }
      }
    }`,
    parameters: {
      owner,
      name,
      base: `refs/heads/${branches.base}`,
      head: `refs/heads/${branches.head}`,
      next: `refs/heads/${branches.head}-next`,
      ...variables,
    },
    purpose: `read the branches of ${owner}/${name}`,
    permission: 'contents=read',
    answer: headsAnswer,
  });
  const heads = { base, next };
  if (head === undefined || base === undefined) return { heads, state: { kind: 'absent' } as const };
  const own = await readOwnCommit(target, { branches, message });
  const current = own?.changedFilesIfAvailable === changes.length && holdsFiles(head, changes);
  return { heads, state: { kind: current ? 'current' : 'outdated', commit: head.oid } as const };
}
