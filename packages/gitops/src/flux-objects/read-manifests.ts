import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { type Manifest, scanManifests } from '../markers/index.ts';
import { foldersUp } from './folder.ts';
import { kustomizationNames } from './kustomization.ts';

export interface SetupScope {
  /** Absolute path of the repository's root. */
  readonly root: string;
  /** Where the image is named; folders or files from the root, as the two below. */
  readonly path: string;
  /** Where Flux's image objects are. */
  readonly fluxPath: string;
  readonly objectsFile?: string;
  readonly signal: AbortSignal;
}

/** Reads the manifests that setting up may concern, with the kustomizations above them. Throws INPUT_INVALID for a path that is none. */
export async function readManifests({ root, path, fluxPath, objectsFile, signal }: SetupScope): Promise<readonly Manifest[]> {
  const folders = [path, fluxPath, ...(objectsFile === undefined ? [] : [posix.dirname(objectsFile)])].flatMap(foldersUp);
  const above = [...new Set(folders)].flatMap(folder => kustomizationNames.map(name => posix.join(folder, name)));
  const single = [...above, ...(objectsFile === undefined ? [] : [objectsFile])].filter(file => existsSync(join(root, file)));
  const scans = [path, fluxPath, ...single].map(each => scanManifests({ root, path: each, tokens: [''], signal }));
  const found = new Map((await Promise.all(scans)).flat().map(manifest => [manifest.path, manifest]));
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}
