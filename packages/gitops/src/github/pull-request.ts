import { z } from 'zod';
import { enableAutoMerge, type MergeMethod } from './auto-merge.ts';
import { deleteBranch } from './branches.ts';
import type { GitHubCall, GitHubTarget } from './client.ts';
import { readOwnCommit } from './own-commits.ts';
import type { PullRequestBranches } from './pull-request-branch.ts';
import { requestReviewers } from './reviewers.ts';

export interface PullRequestRequest {
  readonly branches: PullRequestBranches;
  readonly title: string;
  /** Markdown. */
  readonly body: string;
  readonly labels: readonly string[];
  /** Users, and teams as `org/team`. */
  readonly reviewers: readonly string[];
  /** Opens it as a draft; one that is open stays what it is. */
  readonly draft: boolean;
  readonly autoMerge?: MergeMethod | undefined;
}

export interface UpsertedPullRequest {
  readonly number: number;
  readonly url: string;
  readonly outcome: 'created' | 'updated' | 'unchanged';
  /** What GitHub did not take without it being a failure, and what to do. */
  readonly notices: readonly string[];
}

const openPull = z.object({
  number: z.number(),
  html_url: z.string(),
  node_id: z.string(),
  title: z.string(),
  body: z.string().nullable(),
  labels: z.array(z.object({ name: z.string() })),
  requested_reviewers: z.array(z.object({ login: z.string() })).nullish(),
  requested_teams: z.array(z.object({ slug: z.string() })).nullish(),
  auto_merge: z.unknown().nullable(),
});

/** A pull request as GitHub tells it. */
export type OpenPullRequest = z.infer<typeof openPull>;

/**
 * Opens the pull request from `head` into `base`, or brings the open one up to date: title and body, labels that are missing, auto-merge.
 * Reviewers are asked when nobody has been asked and nobody has reviewed yet, so that no run asks twice. What is as it should be is not
 * written. `head` must be there already, with a commit that `base` has not.
 *
 * Throws GITHUB_DENIED, GITHUB_FAILED and GITHUB_LIMITED. Reviewers or an auto-merge that GitHub refuses are notices.
 */
export async function upsertPullRequest(target: GitHubTarget, request: PullRequestRequest): Promise<UpsertedPullRequest> {
  const found = await findPullRequest(target, request.branches);
  const pull = found === undefined ? await create(target, request) : await updateText(target, found, request);
  const missing = request.labels.filter(label => !pull.labels.some(({ name }) => name.toLowerCase() === label.toLowerCase()));
  if (missing.length > 0) await addLabels(target, pull, missing);
  const notices = [
    ...(await requestReviewers(target, { pull, reviewers: request.reviewers })),
    ...(request.autoMerge === undefined ? [] : await enableAutoMerge(target, { pull, method: request.autoMerge })),
  ];
  const outcome = found === undefined ? 'created' : pull !== found || missing.length > 0 ? 'updated' : 'unchanged';
  return { number: pull.number, url: pull.html_url, outcome, notices };
}

/** The open pull request between two branches of the repository; GitHub allows only one. */
export async function findPullRequest(
  { github, repository }: GitHubTarget,
  { base, head }: PullRequestBranches,
): Promise<OpenPullRequest | undefined> {
  const { owner, name } = repository;
  const [pull] = await github.ask({
    request: 'GET /repos/{owner}/{repo}/pulls',
    parameters: { owner, repo: name, state: 'open', head: `${owner}:${head}`, base },
    purpose: `list the pull requests of ${owner}/${name}`,
    permission: 'pull_requests=read',
    answer: z.array(openPull),
  });
  return pull;
}

export interface PullRequestClosing {
  readonly branches: PullRequestBranches;
  /** A message as we write it, by whose trailers a commit is known as ours. */
  readonly message: string;
  /** Why, in Markdown; it takes the place of the body. */
  readonly body: string;
}

/**
 * Closes the open pull request between two branches, since the base holds its change or a newer one: left open, its merge would undo what
 * is there. Its branch is deleted, by which GitHub closes it. Undefined when none is open. Throws BRANCH_FOREIGN, and closes nothing, when
 * somebody else has committed to the branch.
 */
export async function closePullRequest(
  target: GitHubTarget,
  { branches, message, body }: PullRequestClosing,
): Promise<{ readonly number: number; readonly url: string } | undefined> {
  const pull = await findPullRequest(target, branches);
  if (pull === undefined) return undefined;
  await readOwnCommit(target, { branches, message });
  await updateText(target, pull, { title: pull.title, body });
  await deleteBranch(target, branches.head);
  return { number: pull.number, url: pull.html_url };
}

async function create(target: GitHubTarget, request: PullRequestRequest): Promise<OpenPullRequest> {
  const { owner, name } = target.repository;
  const { branches, title, body, draft } = request;
  const call: GitHubCall<OpenPullRequest> = {
    request: 'POST /repos/{owner}/{repo}/pulls',
    parameters: { owner, repo: name, ...branches, title, body, draft },
    purpose: `open a pull request from ${branches.head} into ${branches.base} of ${owner}/${name}`,
    permission: 'pull_requests=write',
    answer: openPull,
  };
  const outcome = await target.github.settle(call, () => findPullRequest(target, branches));
  if (outcome.kind === 'answer') return outcome.value;
  // Another run may have been faster: "A pull request already exists for …".
  const theirs =
    outcome.kind === 'refused' && outcome.refusal.status === 422 ? await findPullRequest(target, branches) : undefined;
  if (theirs === undefined) throw outcome.error;
  return updateText(target, theirs, request);
}

async function updateText(
  { github, repository }: GitHubTarget,
  pull: OpenPullRequest,
  { title, body }: Pick<PullRequestRequest, 'title' | 'body'>,
): Promise<OpenPullRequest> {
  if (pull.title === title && sameText(pull.body ?? '', body)) return pull;
  return github.ask({
    request: 'PATCH /repos/{owner}/{repo}/pulls/{pull_number}',
    parameters: { owner: repository.owner, repo: repository.name, pull_number: pull.number, title, body },
    purpose: `update the pull request #${pull.number} of ${repository.owner}/${repository.name}`,
    permission: 'pull_requests=write',
    answer: openPull,
  });
}

/** GitHub stores line ends as it likes. */
function sameText(one: string, other: string): boolean {
  const plain = (text: string) => text.replaceAll('\r\n', '\n').trim();
  return plain(one) === plain(other);
}

async function addLabels(
  { github, repository }: GitHubTarget,
  { number }: OpenPullRequest,
  labels: readonly string[],
): Promise<void> {
  const call = {
    request: 'POST /repos/{owner}/{repo}/issues/{issue_number}/labels',
    parameters: { owner: repository.owner, repo: repository.name, issue_number: number, labels },
    purpose: `label the pull request #${number} of ${repository.owner}/${repository.name}`,
    permission: 'pull_requests=write',
    answer: z.unknown(),
  };
  // Adding a label twice is adding it once.
  const outcome = await github.settle(call, async () => undefined);
  if (outcome.kind !== 'answer') throw outcome.error;
}
