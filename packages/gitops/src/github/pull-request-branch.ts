import { ActionError } from '@eks-gitops/errors';
import { z } from 'zod';
import type { CommitAnswer, CommitRequest, FileChange } from '../edit.ts';
import { branchMissing, deleteBranch, putBranch } from './branches.ts';
import type { GitHubTarget } from './client.ts';
import { commitOverApi } from './commit-over-api.ts';
import { fileFields, holdsFiles } from './file-identity.ts';

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
    const { heads, state } = await look(target, { branches, changes: request.changes });
    if (heads.base === undefined) throw branchMissing(target, branches.base);
    const sweep = () => deleteBranch(target, temporary);
    if (heads.base !== request.parent || state.kind === 'current') {
      if (heads.next !== undefined) await sweep();
      return state.kind === 'current' ? { kind: 'accepted', commit: state.commit, changed: false } : { kind: 'moved' };
    }
    await putBranch(target, { branch: temporary, commit: request.parent, exists: heads.next !== undefined });
    const answer = await commitOnTemporary(target, { ...request, branch: temporary });
    if (answer.kind === 'accepted') {
      await putBranch(target, { branch: branches.head, commit: answer.commit, exists: state.kind !== 'absent' });
    }
    await sweep();
    return answer.kind === 'accepted' ? { ...answer, changed: true } : answer;
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

export interface BranchQuestion {
  readonly branches: PullRequestBranches;
  readonly changes: readonly FileChange[];
}

/**
 * Compares a pull request's own branch with the changes that it is for. Throws BRANCH_FOREIGN when it holds more than the one commit
 * that we keep on it; merges of the base, as GitHub's button "Update branch" makes them, do not count.
 */
export async function readPullRequestBranch(target: GitHubTarget, question: BranchQuestion): Promise<PullRequestBranchState> {
  return (await look(target, question)).state;
}

const ref = z.object({ target: z.looseObject({ oid: z.string() }) }).nullable();
const headsAnswer = z
  .object({ repository: z.object({ base: ref, head: ref, next: ref }) })
  .transform(({ repository: { base, head, next } }) => ({ base: base?.target.oid, head: head?.target, next: next?.target.oid }));

async function look(target: GitHubTarget, { branches, changes }: BranchQuestion) {
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
  const own = await ownCommits(target, branches);
  const current = own.length === 1 && own[0]?.changedFilesIfAvailable === changes.length && holdsFiles(head, changes);
  return { heads, state: { kind: current ? 'current' : 'outdated', commit: head.oid } as const };
}

const comparedCommit = z.object({
  oid: z.string(),
  messageHeadline: z.string(),
  parents: z.object({ totalCount: z.number() }),
  changedFilesIfAvailable: z.number().nullable(),
});
const comparison = z
  .object({
    repository: z.object({
      ref: z.object({ compare: z.object({ commits: z.object({ nodes: z.array(comparedCommit) }) }).nullable() }).nullable(),
    }),
  })
  .transform(({ repository }) => repository.ref?.compare?.commits.nodes ?? []);

/** What the branch has over the base, but for merges: one commit of ours, or none. */
async function ownCommits({ github, repository }: GitHubTarget, { base, head }: PullRequestBranches) {
  const { owner, name } = repository;
  const commits = await github.ask({
    request: `query compared($owner: String!, $name: String!, $base: String!, $head: String!) {
      repository(owner: $owner, name: $name) {
        ref(qualifiedName: $base) {
          compare(headRef: $head) {
            commits(first: 50) { nodes { oid messageHeadline parents(first: 2) { totalCount } changedFilesIfAvailable } }
          }
        }
      }
    }`,
    parameters: { owner, name, base: `refs/heads/${base}`, head },
    purpose: `compare the branches ${base} and ${head} of ${owner}/${name}`,
    permission: 'contents=read',
    answer: comparison,
  });
  const own = commits.filter(({ parents }) => parents.totalCount < 2);
  if (own.length > 1) {
    throw new ActionError({
      code: 'BRANCH_FOREIGN',
      message: `The branch ${head} of ${owner}/${name} holds commits of somebody else.`,
      expected: 'the one commit that eks-gitops-actions keeps on it',
      found: own.map(({ oid, messageHeadline }) => `${oid.slice(0, 8)} ${messageHeadline}`).join('\n'),
      remedy: 'Merge or close its pull request and delete the branch; the next run opens a new one.',
    });
  }
  return own;
}
