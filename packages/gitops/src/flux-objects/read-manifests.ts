import { readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import { type Manifest, scanManifests } from '../markers/index.ts';
import { foldersUp } from './folder.ts';

export interface SetupScope {
  /** Absolute path of the repository's root. */
  readonly root: string;
  /** Where the image is named; a folder or file from the root, as those below. */
  readonly path: string;
  /** Where Flux's image objects are. */
  readonly fluxPath: string;
  readonly objectsFile?: string;
  readonly signal: AbortSignal;
}

/** The folders that a scope is about, for a sparse clone; it holds the files of the folders above as well. */
export function scopeFolders({ path, fluxPath, objectsFile }: Omit<SetupScope, 'root' | 'signal'>): readonly string[] {
  const folder = isManifest(path) ? posix.dirname(path) : path;
  return [folder, fluxPath, ...(objectsFile === undefined ? [] : [posix.dirname(objectsFile)])];
}

/**
 * Reads the manifests that setting up may concern: those below the scope's folders, and those right in the folders above, where the
 * kustomizations are. Throws INPUT_INVALID for a path that is none.
 */
export async function readManifests({ root, signal, ...scope }: SetupScope): Promise<readonly Manifest[]> {
  const [folder = '.', fluxPath = '.', objectsFolder = '.'] = scopeFolders(scope);
  const above = [...new Set([folder, fluxPath, objectsFolder].flatMap(foldersUp))].flatMap(each => manifestsRightIn(root, each));
  const scans = [scope.path, folder, fluxPath, ...above].map(path => scanManifests({ root, path, tokens: [''], signal }));
  const found = new Map((await Promise.all(scans)).flat().map(manifest => [manifest.path, manifest]));
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function manifestsRightIn(root: string, folder: string): readonly string[] {
  try {
    const entries = readdirSync(join(root, folder), { withFileTypes: true });
    return entries.filter(entry => entry.isFile() && isManifest(entry.name)).map(({ name }) => posix.join(folder, name));
  } catch {
    return [];
  }
}

function isManifest(path: string): boolean {
  return /\.ya?ml$|(?:^|\/)Kustomization$/.test(path);
}
