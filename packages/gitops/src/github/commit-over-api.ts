import type { ActionError } from '@eks-gitops/errors';
import { z } from 'zod';
import type { CommitAnswer, CommitRequest, WriteCommit } from '../edit.ts';
import { ruleError } from './branch-rule.ts';
import { branchMissing, readHead } from './branches.ts';
import type { GitHubCall, GitHubTarget } from './client.ts';
import { sameMessage, splitMessage } from './commit-message.ts';
import { fileFields, holdsFiles } from './file-identity.ts';
import type { Refusal } from './refusal.ts';
import type { GitHubRepository } from './repository-url.ts';

/**
 * Commits through GraphQL's createCommitOnBranch, so that GitHub signs: the commit shows as verified. Its author is whom the token acts
 * for (`<app>[bot]`, github-actions[bot], or the user) and its committer GitHub; neither can be chosen. The mutation has no field for file
 * modes: a new file is a plain one, and whether an old one keeps its executable bit GitHub does not say, so nothing but manifests
 * belongs here.
 *
 * Throws BRANCH_MISSING, GIT_REJECTED (a protected branch or a ruleset), GITHUB_DENIED, GITHUB_FAILED and GITHUB_LIMITED.
 */
export function commitOverApi(target: GitHubTarget): WriteCommit {
  return async request => {
    const look = () => findWritten(target, request);
    const outcome = await target.github.settle(commitCall(target, request), look);
    if (outcome.kind === 'answer') return { kind: 'accepted', commit: outcome.value };
    if (outcome.kind === 'unclear') throw outcome.error;
    return explain(target, { request, refusal: outcome.refusal, error: outcome.error });
  };
}

const created = z
  .object({ createCommitOnBranch: z.object({ commit: z.object({ oid: z.string() }) }) })
  .transform(({ createCommitOnBranch }) => createCommitOnBranch.commit.oid);

function commitCall({ repository }: GitHubTarget, request: CommitRequest): GitHubCall<string> {
  return {
    request: `mutation commit($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid } } }`,
    parameters: { input: commitInput(repository, request) },
    purpose: `commit to the branch ${request.branch} of ${repository.owner}/${repository.name}`,
    permission: 'contents=write',
    answer: created,
  };
}

/** GraphQL's CreateCommitOnBranchInput (docs.github.com/graphql/reference/input-objects#createcommitonbranchinput). */
export function commitInput({ owner, name }: GitHubRepository, { branch, parent, changes, message }: CommitRequest) {
  return {
    branch: { repositoryNameWithOwner: `${owner}/${name}`, branchName: branch },
    expectedHeadOid: parent,
    message: splitMessage(message),
    fileChanges: {
      additions: changes.map(({ path, content }) => ({ path, contents: Buffer.from(content).toString('base64') })),
    },
  };
}

interface RefusedCommit {
  readonly request: CommitRequest;
  readonly refusal: Refusal;
  readonly error: ActionError;
}

/**
 * What a refusal means. Another head is STALE_DATA; a parent or branch that GitHub does not know both are NOT_FOUND, told apart by
 * looking.
 */
async function explain(target: GitHubTarget, { request, refusal, error }: RefusedCommit): Promise<CommitAnswer> {
  if (refusal.types.includes('STALE_DATA')) return { kind: 'moved' };
  const rule = ruleError({ branch: request.branch, refusal });
  if (rule !== undefined) throw rule;
  if (!refusal.types.includes('NOT_FOUND')) throw error;
  const head = await readHead(target, request.branch);
  if (head === undefined) throw branchMissing(target, request.branch);
  if (head !== request.parent) return { kind: 'moved' };
  throw error;
}

const parents = z.object({ nodes: z.array(z.object({ oid: z.string() })) });
const commitNode = z.looseObject({ oid: z.string(), message: z.string(), parents });
const historyAnswer = z
  .object({
    repository: z.object({
      ref: z.object({ target: z.object({ history: z.object({ nodes: z.array(commitNode) }) }) }).nullable(),
    }),
  })
  .transform(({ repository: { ref } }) => ref?.target.history.nodes ?? []);

/** Our commit, if it was written: the one on our parent that has our message and our files. Others may have landed on it since. */
async function findWritten({ github, repository }: GitHubTarget, request: CommitRequest): Promise<string | undefined> {
  const { owner, name } = repository;
  const { declarations, fields, variables } = fileFields(request.changes);
  const commits = await github.ask({
    request: `query written($owner: String!, $name: String!, $ref: String!${declarations}) {
      repository(owner: $owner, name: $name) {
        ref(qualifiedName: $ref) {
          target { ... on Commit { history(first: 50) { nodes { oid message parents(first: 1) { nodes { oid } } ${fields} } } } }
        }
      }
    }`,
    parameters: { owner, name, ref: `refs/heads/${request.branch}`, ...variables },
    purpose: `read the commits of the branch ${request.branch} of ${owner}/${name}`,
    permission: 'contents=read',
    answer: historyAnswer,
  });
  return commits.find(
    commit =>
      commit.parents.nodes[0]?.oid === request.parent &&
      sameMessage(commit.message, request.message) &&
      holdsFiles(commit, request.changes),
  )?.oid;
}
