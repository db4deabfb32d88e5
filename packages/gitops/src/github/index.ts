export type { MergeMethod } from './auto-merge.ts';
export { type GitHub, type GitHubOptions, type GitHubTarget, openGitHub } from './client.ts';
export { commitOverApi } from './commit-over-api.ts';
export { type InstallationToken, type InstallationTokenRequest, installationToken } from './installation-token.ts';
export {
  closePullRequest,
  findPullRequest,
  type PullRequestClosing,
  type PullRequestRequest,
  type UpsertedPullRequest,
  upsertPullRequest,
} from './pull-request.ts';
export {
  type BranchQuestion,
  commitToPullRequestBranch,
  type PullRequestBranches,
  type PullRequestBranchState,
  type PullRequestCommitAnswer,
  readPullRequestBranch,
} from './pull-request-branch.ts';
export { type GitHubRepository, githubRepositoryOf, type RepositoryUrlQuestion } from './repository-url.ts';
