import { resolve } from 'node:path';
import { ActionError } from '@eks-gitops/errors';
import type { ActionContext } from './context.ts';
import { type AccessInputs, type GivenAccess, givenAccess, type Identity, type RepositoryInputs } from './repository-inputs.ts';

type Place = { readonly kind: 'remote'; readonly url: string } | { readonly kind: 'checkout'; readonly folder: string };

type Destination =
  | { readonly kind: 'local' }
  | { readonly kind: 'push'; readonly verified: boolean; readonly pushBranch?: string }
  | {
      readonly kind: 'pull-request';
      readonly head: string;
      readonly title?: string;
      readonly labels: readonly string[];
      readonly reviewers: readonly string[];
      readonly draft: boolean;
      readonly autoMerge?: 'merge' | 'squash' | 'rebase';
    };

/** What the repository inputs ask for, as the GitOps domain takes it. */
export interface RepositoryRequest {
  readonly place: Place;
  readonly branch?: string;
  readonly access: GivenAccess;
  readonly destination: Destination;
  readonly identity: { readonly author: Identity; readonly committer: Identity };
  readonly github: {
    readonly serverUrl: string | undefined;
    readonly serverApiUrl: string | undefined;
    readonly apiUrl: string | undefined;
  };
  readonly deadline: Date;
  /** Inputs that were given and have no say in this mode. */
  readonly idle: readonly string[];
}

export interface RepositoryRequestOptions extends Pick<ActionContext, 'workspace' | 'env' | 'now'> {
  /** The branch of a pull request that has none of its own. */
  readonly pullRequestBranch: string;
}

/** Reads the repository inputs. Throws INPUT_INVALID and INPUT_MISSING for access that is given twice or by half. */
export function repositoryRequest(inputs: RepositoryInputs, options: RepositoryRequestOptions): RepositoryRequest {
  const { workspace, env, now } = options;
  const { author, committer = author } = inputs;
  return {
    place: placeOf(inputs.repository, workspace),
    ...(inputs.branch === undefined ? {} : { branch: inputs.branch }),
    access: givenAccess(inputs),
    destination: destinationOf(inputs, options),
    identity: { author, committer },
    github: githubPlace(inputs, env),
    deadline: new Date(now().getTime() + inputs.timeout),
    idle: idleInputs(inputs),
  };
}

/** Throws INPUT_INVALID for a branch where the checkout's own is edited. */
function idleInputs(inputs: RepositoryInputs): string[] {
  const { mode, verified, draft, labels, reviewers, title, branch, 'push-branch': pushBranch, 'auto-merge': autoMerge } = inputs;
  if (mode === 'local' && branch !== undefined) {
    throw new ActionError({
      code: 'INPUT_INVALID',
      message: 'The input branch does not go with mode: local.',
      expected: 'no branch, since the files that are checked out are changed',
      found: branch,
    });
  }
  const isGiven = {
    labels: labels.length > 0,
    reviewers: reviewers.length > 0,
    title: title !== undefined,
    draft,
    'auto-merge': autoMerge !== 'off',
  };
  const onlyInPullRequests = Object.entries(isGiven).flatMap(([name, given]) => (given ? [name] : []));
  if (mode === 'pull-request') return [];
  if (mode === 'push') return onlyInPullRequests;
  return [...onlyInPullRequests, ...(pushBranch === undefined ? [] : ['push-branch']), ...(verified ? ['verified'] : [])];
}

/** Where GitHub is, beside github.com. */
export function githubPlace(
  inputs: Pick<AccessInputs, 'github-api-url'>,
  env: ActionContext['env'],
): RepositoryRequest['github'] {
  return { serverUrl: env['GITHUB_SERVER_URL'], serverApiUrl: env['GITHUB_API_URL'], apiUrl: inputs['github-api-url'] };
}

/** Where a repository is: at a URL, or where the checkout in a folder came from. */
export function placeOf(repository: string, workspace: string): Place {
  return isUrl(repository) ? { kind: 'remote', url: repository } : { kind: 'checkout', folder: resolve(workspace, repository) };
}

/** A scheme, or `user@host:path`; everything else is a folder. */
function isUrl(repository: string): boolean {
  return /^[a-z][a-z0-9+.-]*:(?::|\/\/)/i.test(repository) || /^[\w.-]+@[^/:]+:/.test(repository);
}

function destinationOf(inputs: RepositoryInputs, { pullRequestBranch }: RepositoryRequestOptions): Destination {
  const { mode, verified, 'push-branch': pushBranch, title, labels, reviewers, draft, 'auto-merge': autoMerge } = inputs;
  if (mode === 'local') return { kind: 'local' };
  if (mode === 'push') return { kind: 'push', verified, ...(pushBranch === undefined ? {} : { pushBranch }) };
  return {
    kind: 'pull-request',
    head: pushBranch ?? pullRequestBranch,
    ...(title === undefined ? {} : { title }),
    labels,
    reviewers,
    draft,
    ...(autoMerge === 'off' ? {} : { autoMerge }),
  };
}
