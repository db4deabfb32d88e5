import { join } from 'node:path';
import { ActionError } from '@eks-gitops/errors';
import type { Environment } from '../git.ts';
import { openAccess } from './access.ts';
import { readCheckout } from './checkout.ts';
import { cloneBranch } from './clone.ts';
import type { GitCredentials } from './credentials.ts';
import { type Git, openGit } from './git.ts';
import { checkBranch, parseRemote } from './remote.ts';

/** Where a repository is: at a URL, or where a checkout came from (`remote`, default `origin`). */
export type Place =
  | { readonly kind: 'remote'; readonly url: string }
  | { readonly kind: 'checkout'; readonly folder: string; readonly remote?: string };

export interface OpenRequest {
  readonly place: Place;
  /** Default: the branch of the checkout, else the one that the remote's HEAD names. */
  readonly branch?: string;
  /** Folders that edits read, from the repository's root; `.` for all of it. */
  readonly paths: readonly string[];
  readonly credentials: GitCredentials;
  /** Absolute path of a private folder (0700) that is ours alone, and empty. */
  readonly folder: string;
  readonly env: Environment;
  readonly signal: AbortSignal;
  readonly onProgress?: (line: string) => void;
}

/** One branch of a repository, in a private clone that nobody else touches. */
export interface GitRepository {
  /** Without credentials. */
  readonly url: string;
  readonly branch: string;
  /** Absolute path of the clone's work tree. */
  readonly root: string;
  /** The commit that the clone was opened at. */
  readonly head: string;
  /** Runs git for this clone. */
  readonly git: Git;
}

/**
 * Clones one branch of a repository into the private folder: shallow, without blobs and sparse to `paths` where the server can. A
 * checkout is only read: its remote, its branch and, with existing credentials, its access settings.
 * Throws INPUT_INVALID, BRANCH_MISSING, GIT_DENIED, GIT_UNREACHABLE, GIT_FAILED, AWS_CREDENTIALS_MISSING or TOOL_MISSING.
 */
export async function openRepository(request: OpenRequest): Promise<GitRepository> {
  const { paths, folder, signal, onProgress } = request;
  const { git, url, branch } = await openRemote(request);
  onProgress?.(`Cloning ${branch ?? 'the default branch'} of ${url}`);
  const root = join(folder, 'clone');
  const clone = await cloneBranch({ git, url, root, paths, signal, onProgress, ...(branch === undefined ? {} : { branch }) });
  return { url, root, git, ...clone };
}

/** A repository that git can be run for; nothing of it is there yet. */
export interface GitRemote {
  readonly git: Git;
  /** Without credentials. */
  readonly url: string;
  readonly branch: string | undefined;
}

/** Finds where a repository is and how to sign in. Throws as {@link openRepository} does. */
export async function openRemote(request: Omit<OpenRequest, 'paths' | 'onProgress'>): Promise<GitRemote> {
  const { place, credentials, folder, env, signal } = request;
  const checkout =
    place.kind === 'checkout'
      ? await readCheckout({ folder: place.folder, remote: place.remote ?? 'origin', env, signal })
      : undefined;
  const remote = parseRemote(place.kind === 'remote' ? place.url : (checkout?.url ?? ''));
  const branch = request.branch ?? checkout?.branch;
  if (branch !== undefined) checkBranch(branch);
  const { url, settings } = await openAccess({
    remote,
    credentials,
    checkoutSettings: checkout?.access ?? [],
    folder,
    env,
  });
  const git = openGit({ folder, env, access: settings });
  await demandGit(git, signal);
  return { git, url, branch };
}

/** Older ones take no settings from the environment, and would go on without credentials. */
async function demandGit(git: Git, signal: AbortSignal): Promise<void> {
  const { stdout } = await git(['version'], { signal });
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(stdout) ?? [];
  if (Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 31)) return;
  throw new ActionError({
    code: 'TOOL_MISSING',
    message: 'git is too old to be handed credentials safely.',
    expected: 'git 2.31 or newer',
    found: stdout.trim(),
    remedy: 'Use a newer git, or a newer runner image.',
  });
}
