export { type GitHub, type GitHubOptions, openGitHub } from './client.ts';
export { commitOverApi, type GitHubTarget } from './commit-over-api.ts';
export type { ProxySettings } from './octokit.ts';
export { type GitHubRepository, githubRepositoryOf, type RepositoryUrlQuestion } from './repository-url.ts';
