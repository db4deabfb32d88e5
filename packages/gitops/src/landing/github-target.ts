import { ActionError } from '@eks-gitops/errors';
import type { ProxySettings } from '@eks-gitops/http';
import type { WriteCommit } from '../edit.ts';
import { commitOverApi, type GitHubRepository, type GitHubTarget, githubRepositoryOf, openGitHub } from '../github/index.ts';
import type { GitCredentials } from '../repository/index.ts';

/** Where GitHub is, beside github.com. */
export interface GitHubPlace {
  /** The GitHub that the CI runs on, as in GITHUB_SERVER_URL and GITHUB_API_URL. */
  readonly serverUrl?: string | undefined;
  readonly serverApiUrl?: string | undefined;
  /** The API of the repository's own host, whatever that is. */
  readonly apiUrl?: string | undefined;
  readonly proxy: ProxySettings;
}

export interface GitHubQuestion {
  /** The git URL of the repository. */
  readonly url: string;
  readonly github: GitHubPlace;
  readonly deadline: Date;
  readonly signal: AbortSignal;
  readonly onNotice: (notice: string) => void;
}

export interface TargetRequest extends GitHubQuestion {
  readonly credentials: GitCredentials;
}

/** A repository on GitHub with its API, and the way to commit over it. */
export interface OpenTarget extends GitHubTarget {
  readonly commit: WriteCommit;
}

/** Throws INPUT_INVALID where the repository is not on GitHub, INPUT_MISSING without a token for the API. */
export function openTarget(request: TargetRequest): OpenTarget {
  const { credentials, deadline, signal, onNotice, github: place } = request;
  const repository = repositoryOnGitHub(request);
  if (credentials.kind !== 'token') throw noToken();
  const { token } = credentials;
  const github = openGitHub({ token, apiUrl: repository.apiUrl, deadline, signal, onNotice, proxy: place.proxy });
  const target = { github, repository };
  return { ...target, commit: commitOverApi(target) };
}

/** A given API is that of the repository's own host. Throws INPUT_INVALID where the repository is not on GitHub. */
export function repositoryOnGitHub({ url, github }: Pick<GitHubQuestion, 'url' | 'github'>): GitHubRepository {
  const { serverUrl, serverApiUrl, apiUrl } = github;
  const own = apiUrl === undefined ? undefined : originOf(url);
  const found = githubRepositoryOf(
    own === undefined ? { url, serverUrl, apiUrl: serverApiUrl } : { url, serverUrl: own, apiUrl },
  );
  if (found === undefined) throw notOnGitHub(url);
  return found;
}

function originOf(url: string): string | undefined {
  const [, host] = /^(?:ssh:\/\/)?(?:[^@/\s]+@)?([^:/\s@]+)[:/]/.exec(url) ?? [];
  if (/^https?:/i.test(url)) return URL.parse(url)?.origin;
  return host === undefined ? undefined : `https://${host}`;
}

function noToken(): ActionError {
  return new ActionError({
    code: 'INPUT_MISSING',
    message: "GitHub's API needs a token.",
    expected: 'token, or app-id with app-private-key',
    found: 'neither',
    remedy: 'give one of them: git alone can neither sign as GitHub nor open pull requests',
  });
}

function notOnGitHub(url: string): ActionError {
  return new ActionError({
    code: 'INPUT_INVALID',
    message: `${url} is not a repository on GitHub.`,
    expected: 'a repository on GitHub, since a GitHub App, a verified commit or a pull request is asked for',
    found: url,
    remedy: 'for a GitHub Enterprise Server give github-api-url',
  });
}
