import { ActionError } from '@eks-gitops/errors';
import { z } from 'zod';
import type { GitHubTarget } from './client.ts';
import { trailerKeys } from './commit-message.ts';
import type { PullRequestBranches } from './pull-request-branch.ts';

const comparedCommit = z.object({
  oid: z.string(),
  message: z.string(),
  parents: z.object({ totalCount: z.number() }),
  changedFilesIfAvailable: z.number().nullable(),
});

/** A commit that a branch has over its base. */
export type ComparedCommit = z.infer<typeof comparedCommit>;

const comparison = z
  .object({
    repository: z.object({
      ref: z.object({ compare: z.object({ commits: z.object({ nodes: z.array(comparedCommit) }) }).nullable() }).nullable(),
    }),
  })
  .transform(({ repository }) => repository.ref?.compare?.commits.nodes ?? []);

export interface OwnCommitQuestion {
  readonly branches: PullRequestBranches;
  /** A message as we write it; what is ours has a trailer of the same name. */
  readonly message: string;
}

/**
 * The commit of ours that a pull request's branch has over its base; undefined when it has nothing. Merges, as GitHub's button "Update
 * branch" makes them, do not count. Throws BRANCH_FOREIGN for a second commit, or one without our trailers.
 */
export async function readOwnCommit(
  { github, repository }: GitHubTarget,
  { branches, message }: OwnCommitQuestion,
): Promise<ComparedCommit | undefined> {
  const { owner, name } = repository;
  const { base, head } = branches;
  const commits = await github.ask({
    request: `query compared($owner: String!, $name: String!, $base: String!, $head: String!) {
      repository(owner: $owner, name: $name) {
        ref(qualifiedName: $base) {
          compare(headRef: $head) {
            commits(first: 50) { nodes { oid message parents(first: 2) { totalCount } changedFilesIfAvailable } }
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
  if (own.length > 1 || own.some(commit => !isOurs(commit.message, message))) {
    throw new ActionError({
      code: 'BRANCH_FOREIGN',
      message: `The branch ${head} of ${owner}/${name} holds commits of somebody else.`,
      expected: 'the one commit that eks-gitops-actions keeps on it',
      found: own.map(commit => `${commit.oid.slice(0, 8)} ${commit.message.split('\n')[0]}`).join('\n'),
      remedy: 'Merge or close its pull request and delete the branch; the next run opens a new one.',
    });
  }
  return own[0];
}

function isOurs(theirs: string, ours: string): boolean {
  const keys = trailerKeys(ours);
  return keys.length === 0 || trailerKeys(theirs).some(key => keys.includes(key));
}
