import { type GitCredentials, isCodeCommit } from '../repository/index.ts';
import { type GitHubQuestion, repositoryOnGitHub } from './github-target.ts';

/** How a git server or GitHub is told who we are. */
export type GivenAccess =
  | Exclude<GitCredentials, { kind: 'codecommit' }>
  /** A GitHub App that is installed on the repository. */
  | { readonly kind: 'app'; readonly appId: string; readonly privateKey: string };

export interface AccessRequest extends GitHubQuestion {
  readonly access: GivenAccess;
  /** Whether a pull request is to be written as well. */
  readonly pullRequests: boolean;
  readonly mask: (secret: string) => void;
}

/** The credentials for git: an App gets a token of its own, and CodeCommit is signed for with AWS's credentials. */
export async function openGitAccess(request: AccessRequest): Promise<GitCredentials> {
  const { access, url, mask } = request;
  if (access.kind === 'existing') return isCodeCommit(url) ? { kind: 'codecommit' } : access;
  if (access.kind !== 'app') return access;
  const repository = repositoryOnGitHub(request);
  const { installationToken } = await import('../github/index.ts');
  const { deadline, signal, onNotice, github } = request;
  const { appId, privateKey } = access;
  const { token } = await installationToken({
    access: request.pullRequests ? 'contents and pull requests' : 'contents',
    appId,
    privateKey,
    repository,
    deadline,
    signal,
    onNotice,
    proxy: github.proxy,
  });
  mask(token);
  return { kind: 'token', username: 'x-access-token', token };
}
