import { ActionError } from '@eks-gitops/errors';
import { z } from 'zod';
import { type GitHubOptions, type GitHubOutcome, openGitHub } from './client.ts';
import { parsePrivateKey } from './private-key.ts';
import { describePermissions } from './refusal-error.ts';
import type { GitHubRepository } from './repository-url.ts';

export interface InstallationTokenRequest
  extends Pick<GitHubOptions, 'signal' | 'deadline' | 'proxy' | 'onNotice' | 'retryDelays'> {
  /** The App's id, or its client id. */
  readonly appId: string;
  /** PEM, in any of the ways that {@link parsePrivateKey} reads. */
  readonly privateKey: string;
  /** Looked up by the repository when not given. */
  readonly installationId?: number | undefined;
  readonly repository: GitHubRepository;
  /** Whether pull requests are to be written too. */
  readonly access: 'contents' | 'contents and pull requests';
}

export interface InstallationToken {
  /** A secret. */
  readonly token: string;
  readonly expires: Date;
}

/**
 * A token of a GitHub App for one repository, with no more than `contents: write` and, when asked, `pull_requests: write`; GitHub lets
 * it expire within an hour. Throws INPUT_INVALID for a key that cannot be read, GITHUB_DENIED when the key is not the App's, the App is
 * not installed on the repository or lacks the permissions, and what {@link openGitHub} throws.
 */
export async function installationToken(request: InstallationTokenRequest): Promise<InstallationToken> {
  const { repository, access } = request;
  const jwt = await signAsApp(request);
  const github = openGitHub({ ...request, token: jwt, apiUrl: repository.apiUrl });
  const { owner, name } = repository;
  const installation = {
    request: 'GET /repos/{owner}/{repo}/installation',
    parameters: { owner, repo: name },
    purpose: `find the App’s installation on ${owner}/${name}`,
    permission: 'metadata=read',
    answer: z.object({ id: z.number() }),
  };
  const id = request.installationId ?? expectApp(request, await github.try(installation)).id;
  const permissions = { contents: 'write', ...(access === 'contents' ? {} : { pull_requests: 'write' }) };
  const minting = {
    request: 'POST /app/installations/{installation_id}/access_tokens',
    parameters: { installation_id: id, repositories: [name], permissions },
    purpose: `get a token of the App for ${owner}/${name}`,
    permission: Object.entries(permissions)
      .map(([key, value]) => `${key}=${value}`)
      .join(','),
    answer: z.object({ token: z.string(), expires_at: z.string() }),
  };
  // A token that got lost on the way expires by itself.
  const { token, expires_at } = expectApp(request, await github.settle(minting, async () => undefined));
  return { token, expires: new Date(expires_at) };
}

/** The JSON web token by which an App speaks for itself, good for ten minutes. */
async function signAsApp({ appId, privateKey }: InstallationTokenRequest): Promise<string> {
  const key = parsePrivateKey(privateKey);
  const { createAppAuth } = await import('@octokit/auth-app');
  const { token } = await createAppAuth({ appId, privateKey: key })({ type: 'app' });
  return token;
}

function expectApp<T>(request: InstallationTokenRequest, outcome: GitHubOutcome<T>): T {
  if (outcome.kind === 'answer') return outcome.value;
  if (outcome.kind === 'unclear') throw outcome.error;
  const { status, words } = outcome.refusal;
  const advice = adviceFor(request, { status, text: words.join(' ') });
  if (advice === undefined) throw outcome.error;
  const { found, detail } = outcome.error.failure;
  throw new ActionError({ code: 'GITHUB_DENIED', found, detail, cause: outcome.error, ...advice });
}

function adviceFor(
  { appId, repository: { owner, name }, access }: InstallationTokenRequest,
  { status, text }: { status: number; text: string },
) {
  const wanted = access === 'contents' ? 'contents=write' : 'contents=write,pull_requests=write';
  if (status === 401 && /'(?:iat|exp)'/.test(text)) {
    return {
      message: `GitHub refused the token that the App ${appId} signed.`,
      likely: 'the clock of this machine is wrong by more than half a minute',
    };
  }
  if (status === 401) {
    return {
      message: `GitHub does not know the GitHub App ${appId} by this private key.`,
      likely: 'the App’s id and the private key are not of the same App, or the key was deleted there',
      remedy: 'Compare the id on the App’s page, or make a new private key there.',
    };
  }
  if (status === 404) {
    return {
      message: `The GitHub App ${appId} is not installed on ${owner}/${name}.`,
      remedy: 'Install the App on the repository (its page, Install App), or correct the installation id.',
    };
  }
  if (status === 422) {
    return {
      message: `The GitHub App ${appId} may not do on ${owner}/${name} what is needed.`,
      expected: `an installation that holds the repository, with ${describePermissions(wanted)}`,
      remedy: 'Grant the permissions in the App’s settings, then accept them for the installation.',
    };
  }
  return undefined;
}
