import { ActionError } from '@eks-gitops/errors';
import { z } from 'zod';
import { ruleError } from './branch-rule.ts';
import type { GitHubTarget } from './client.ts';

export function branchMissing({ repository }: GitHubTarget, branch: string): ActionError {
  return new ActionError({
    code: 'BRANCH_MISSING',
    message: `${repository.owner}/${repository.name} has no branch ${branch}.`,
    remedy: 'Correct branch, or create the branch first.',
  });
}

const headAnswer = z
  .object({ repository: z.object({ ref: z.object({ target: z.object({ oid: z.string() }) }).nullable() }) })
  .transform(({ repository: { ref } }) => ref?.target.oid);

/** The commit that a branch is at; undefined without the branch. */
export function readHead({ github, repository }: GitHubTarget, branch: string): Promise<string | undefined> {
  const { owner, name } = repository;
  return github.ask({
    request: `query head($owner: String!, $name: String!, $ref: String!) {
      repository(owner: $owner, name: $name) { ref(qualifiedName: $ref) { target { oid } } }
    }`,
    parameters: { owner, name, ref: `refs/heads/${branch}` },
    purpose: `read the branch ${branch} of ${owner}/${name}`,
    permission: 'contents=read',
    answer: headAnswer,
  });
}

const anything = z.unknown();

export interface BranchMove {
  readonly branch: string;
  readonly commit: string;
  /** Whether the branch was there when it was last looked at. */
  readonly exists: boolean;
}

/** Puts a branch on a commit wherever it is, and makes it where it is not. Throws GIT_REJECTED where a rule forbids. */
export async function putBranch(target: GitHubTarget, { branch, commit, exists }: BranchMove): Promise<void> {
  const { github, repository } = target;
  const { owner, name } = repository;
  const common = {
    purpose: `set the branch ${branch} of ${owner}/${name}`,
    permission: 'contents=write',
    answer: anything,
  };
  const at = async () => ((await readHead(target, branch)) === commit ? true : undefined);
  const outcome = exists
    ? await github.try({
        ...common,
        request: 'PATCH /repos/{owner}/{repo}/git/refs/{ref}',
        parameters: { owner, repo: name, ref: `heads/${branch}`, sha: commit, force: true },
      })
    : await github.settle(
        {
          ...common,
          request: 'POST /repos/{owner}/{repo}/git/refs',
          parameters: { owner, repo: name, ref: `refs/heads/${branch}`, sha: commit },
        },
        at,
      );
  if (outcome.kind === 'answer') return;
  if (outcome.kind === 'unclear') throw outcome.error;
  const head = await readHead(target, branch);
  if (head === commit) return;
  // Somebody made or deleted it meanwhile.
  if ((head !== undefined) !== exists) return putBranch(target, { branch, commit, exists: !exists });
  throw ruleError({ branch, refusal: outcome.refusal }) ?? outcome.error;
}

/** Deletes a branch; one that is gone already is well. */
export async function deleteBranch({ github, repository }: GitHubTarget, branch: string): Promise<void> {
  const { owner, name } = repository;
  const outcome = await github.try({
    request: 'DELETE /repos/{owner}/{repo}/git/refs/{ref}',
    parameters: { owner, repo: name, ref: `heads/${branch}` },
    purpose: `delete the branch ${branch} of ${owner}/${name}`,
    permission: 'contents=write',
    answer: anything,
  });
  if (outcome.kind === 'answer') return;
  const gone = outcome.kind === 'refused' && [404, 422].includes(outcome.refusal.status);
  if (!gone) throw outcome.error;
}
