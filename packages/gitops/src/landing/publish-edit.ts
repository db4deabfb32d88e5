import { stat } from 'node:fs/promises';
import { ActionError } from '@eks-gitops/errors';
import type { Edit, EditTree, Tree } from '../edit.ts';
import type { Environment } from '../git.ts';
import { editLocally, type Identity, landEdit, type Place, readRemoteUrl } from '../repository/index.ts';
import { type GivenAccess, openGitAccess } from './access.ts';
import { type GitHubPlace, openTarget } from './github-target.ts';
import { openClone } from './open-clone.ts';
import { type Proposal, type Proposed, proposeEdit } from './propose-edit.ts';
import { openPushBranch } from './push-branch.ts';

/** How a change gets into a repository. */
export type Destination =
  | { readonly kind: 'local' }
  /** `pushBranch`: the branch that is edited and pushed, made from `branch` where it is missing. `verified`: GitHub commits and signs. */
  | { readonly kind: 'push'; readonly verified: boolean; readonly pushBranch?: string }
  | ({ readonly kind: 'pull-request' } & Proposal);

export interface PublishRequest<Result> {
  readonly place: Place;
  /** Default: the checkout's, else the remote's own. */
  readonly branch?: string;
  /** What is read of the repository: folders or files from its root. */
  readonly paths: readonly string[];
  readonly access: GivenAccess;
  readonly destination: Destination;
  readonly identity: Identity;
  readonly github: GitHubPlace;
  readonly edit: EditTree<Result>;
  /** The same edit, but for what a tree holds newer already: that is kept. With it an open pull request never goes back. */
  readonly raise?: (ahead: Tree) => Promise<EditTree<Result>>;
  readonly deadline: Date;
  /** Private and empty, 0700. */
  readonly folder: string;
  readonly env: Environment;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
  readonly onNotice: (notice: string) => void;
  readonly mask: (secret: string) => void;
}

/** What an edit has come to. */
export type Publication<Result> = Published<Result> &
  (
    | { readonly kind: 'local' }
    /** The branch's head holds it already. */
    | { readonly kind: 'unchanged'; readonly url: string; readonly branch: string; readonly head: string }
    | { readonly kind: 'pushed'; readonly url: string; readonly branch: string; readonly commit: string }
    | ({ readonly kind: 'proposed'; readonly url: string; readonly branch: string } & Proposed)
  );

interface Published<Result> {
  readonly result: Result;
  /** Paths of the files that were changed. */
  readonly files: readonly string[];
}

/**
 * Makes an edit and brings it where it belongs: into the files of a checkout, onto a branch, or into a pull request.
 * Throws what the edit throws, and the errors of git and of GitHub.
 */
export async function publishEdit<Result>(request: PublishRequest<Result>): Promise<Publication<Result>> {
  const { destination } = request;
  await demandFolder(request);
  if (destination.kind === 'local') return publishLocally(request);
  const url = await readRemoteUrl(request);
  const credentials = await openGitAccess({ ...request, url, pullRequests: destination.kind === 'pull-request' });
  const isOverApi = destination.kind === 'pull-request' || destination.verified;
  const target = isOverApi ? openTarget({ ...request, url, credentials }) : undefined;
  if (destination.kind === 'pull-request' && target !== undefined) {
    return proposeEdit({ ...request, credentials, proposal: destination, target });
  }
  const pushBranch = destination.kind === 'push' ? destination.pushBranch : undefined;
  const clone = { ...request, credentials };
  const repository = await (pushBranch === undefined
    ? openClone({ ...clone, name: 'base' })
    : openPushBranch({ ...clone, pushBranch, edit: request.edit }));
  const landing = await landEdit({
    ...request,
    repository,
    edit: withFiles(request.edit),
    ...(target === undefined ? {} : { write: target.commit }),
  });
  const { result, files } = landing.result;
  const { url: shown } = repository;
  return landing.kind === 'unchanged'
    ? { kind: 'unchanged', url: shown, branch: landing.branch, head: landing.head, result, files: [] }
    : { kind: 'pushed', url: shown, branch: landing.branch, commit: landing.commit, result, files };
}

async function demandFolder({ place }: Pick<PublishRequest<unknown>, 'place'>): Promise<void> {
  if (place.kind === 'remote') return;
  if ((await stat(place.folder).catch(() => undefined))?.isDirectory()) return;
  throw new ActionError({
    code: 'INPUT_INVALID',
    message: `There is no folder ${place.folder}.`,
    expected: 'the folder of a checkout, or a URL such as https://host/path, ssh://user@host/path or user@host:path',
    found: 'neither',
  });
}

async function publishLocally<Result>({ place, edit, env, signal }: PublishRequest<Result>): Promise<Publication<Result>> {
  if (place.kind !== 'checkout') {
    throw new ActionError({
      code: 'INPUT_INVALID',
      message: 'Files can be changed without a commit in a checkout only.',
      expected: 'the folder of a checkout as the repository',
      found: 'a URL',
      remedy: 'check the repository out first, or use the mode push',
    });
  }
  return { kind: 'local', ...(await editLocally({ folder: place.folder, edit, env, signal })) };
}

/** An edit whose result tells the changed files as well. */
export function withFiles<Result>(edit: EditTree<Result>): EditTree<Published<Result>> {
  return async tree => {
    const { changes, message, result } = await edit(tree);
    return { changes, message, result: { result, files: changes.map(({ path }) => path) } } satisfies Edit<Published<Result>>;
  };
}
