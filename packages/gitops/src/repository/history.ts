import { join } from 'node:path';
import { explainFailure } from './failure.ts';
import { type GitOutput, succeeded } from './git.ts';
import { type OpenRequest, openRemote } from './open.ts';
import { retryOnline } from './retry-online.ts';

export type HistoryRequest = Omit<OpenRequest, 'paths' | 'branch'>;

export interface HistoryPair {
  readonly later: string;
  readonly earlier: string;
}

/** The commits of all branches of a repository, without trees and files. */
export interface History {
  /** Whether `later` is `earlier` or was made on top of it. Reads the repository anew for a commit that it does not know yet. */
  readonly contains: (pair: HistoryPair, signal: AbortSignal) => Promise<boolean>;
}

/**
 * Fetches the commits of a repository into the private folder (`--filter=tree:0`; a server without filters sends all of it).
 * Throws as `openRepository` does.
 */
export async function fetchHistory(request: HistoryRequest): Promise<History> {
  const { folder, onProgress } = request;
  const { git, url } = await openRemote(request);
  const root = join(folder, 'history');
  const online = async (args: readonly string[], where: string, signal: AbortSignal): Promise<void> => {
    const run = (): Promise<GitOutput> => git(args, { folder: where, online: true, signal });
    const output = await retryOnline({ run, url, signal, onNotice: onProgress });
    if (output.exitCode !== 0) throw explainFailure({ output, url, doing: 'read' }).error;
  };
  onProgress?.(`Fetching the commits of ${url}`);
  const clone = ['clone', '--quiet', '--bare', '--no-tags', '--template=', '--filter=tree:0', '--', url, root];
  await online(clone, folder, request.signal);

  const isKnown = async (commit: string, signal: AbortSignal): Promise<boolean> => {
    // Asked of the list, since git would fetch what it is asked for by name and does not have.
    const all = await git(['rev-list', '--all'], { folder: root, signal });
    return succeeded(all, 'read its clone').includes(commit);
  };
  const contains: History['contains'] = async ({ later, earlier }, signal) => {
    if (!((await isKnown(later, signal)) && (await isKnown(earlier, signal)))) {
      await online(['fetch', '--quiet', '--no-tags', 'origin', '+refs/heads/*:refs/heads/*'], root, signal);
    }
    if (!((await isKnown(later, signal)) && (await isKnown(earlier, signal)))) return false;
    const output = await git(['merge-base', '--is-ancestor', earlier, later], { folder: root, signal });
    return output.exitCode === 1 ? false : succeeded(output, 'compare two commits') !== undefined;
  };
  return { contains };
}
