import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ActionError } from '@eks-gitops/errors';
import { type GitRepository, type OpenRequest, openRepository } from '../repository/index.ts';

export interface CloneRequest extends Omit<OpenRequest, 'folder'> {
  /** Private, 0700; each clone gets a folder of its own in it. */
  readonly folder: string;
  readonly name: string;
  readonly deadline: Date;
}

/** Opens a repository before the deadline, which git alone would not keep: it waits for a silent server. Throws TIMED_OUT too. */
export async function openClone({ folder, name, deadline, signal, ...request }: CloneRequest): Promise<GitRepository> {
  const own = join(folder, name);
  await mkdir(own, { mode: 0o700 });
  const late = AbortSignal.timeout(Math.max(0, deadline.getTime() - Date.now()));
  try {
    return await openRepository({ ...request, folder: own, signal: AbortSignal.any([signal, late]) });
  } catch (thrown) {
    signal.throwIfAborted();
    if (!late.aborted) throw thrown;
    throw new ActionError({
      code: 'TIMED_OUT',
      message: 'The repository could not be cloned in time.',
      likely: 'the server does not answer, or the repository is large and the connection slow',
      remedy: 'raise timeout, or narrow path and flux-path to the folders that are needed',
      cause: thrown,
    });
  }
}
