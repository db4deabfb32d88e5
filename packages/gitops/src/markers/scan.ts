import { constants, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ActionError } from '@eks-gitops/errors';

/** A file as it was read. The path is relative to the repository's root, with `/` between parts. */
export interface Manifest {
  readonly path: string;
  readonly content: Uint8Array;
}

export interface Scan {
  /** The repository's root: an absolute path. */
  readonly root: string;
  /** A folder or one file, relative to the root; `.` is all of it. */
  readonly path: string;
  /** Only files that contain one of these texts are given; by default those that may hold a marker; `['']` is all. */
  readonly tokens?: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/** Wider than the controller's own filter, `"$imagepolicy"`, so that a marker with the wrong quotes is found and told. */
const markerTokens = ['$imagepolicy'];

const manifestName = /\.ya?ml$|^Kustomization$/;

/** Symbolic links are refused by the kernel, also where one took a file's place just now. */
const readOnly = constants.O_RDONLY | constants.O_NOFOLLOW;

/**
 * Reads every `.yaml`, `.yml` and `Kustomization` file under a path that contains one of the tokens, sorted by path.
 * Symbolic links, `.git` and other repositories inside (submodules) are left out. Files are read synchronously, which for
 * thousands of small ones takes a third of the time, and folder by folder, so that a cancel is heard.
 * Throws INPUT_INVALID for a path that does not exist, leaves the root or goes through a symbolic link.
 */
export async function scanManifests({ root, path, tokens = markerTokens, signal }: Scan): Promise<Manifest[]> {
  const wanted = tokens.map(token => Buffer.from(token));
  const found: Manifest[] = [];
  const folders: string[] = [];
  const read = (file: string): void => {
    const content = readFileSync(join(root, file), { flag: readOnly });
    if (wanted.some(token => content.includes(token))) found.push({ path: file, content });
  };

  const start = partsInside(root, path).join('/');
  if (isFolder(root, start)) folders.push(start);
  else if (manifestName.test(baseOf(start))) read(start);

  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    signal?.throwIfAborted();
    const entries = readdirSync(join(root, folder), { withFileTypes: true });
    if (folder !== start && entries.some(({ name }) => isGit(name))) continue;
    for (const entry of entries) {
      const inner = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && !isGit(entry.name)) folders.push(inner);
      else if (entry.isFile() && manifestName.test(entry.name)) read(inner);
    }
    await nextTurn();
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The parts of a path below the root, each of which exists and is no symbolic link. Throws INPUT_INVALID. */
function partsInside(root: string, path: string): string[] {
  const inside = relative(resolve(root), resolve(root, path));
  const parts = inside === '' ? [] : inside.split(sep);
  if (parts[0] === '..' || resolve(root, inside) !== resolve(root, path)) throw outside(path, 'it leads out of the repository');
  if (parts.some(isGit)) throw outside(path, "it leads into git's own folder");
  parts.forEach((_, index) => {
    const part = parts.slice(0, index + 1).join('/');
    const entry = lstatSync(join(root, part), { throwIfNoEntry: false });
    if (entry === undefined) throw outside(path, `"${part}" does not exist`);
    if (entry.isSymbolicLink()) throw outside(path, `"${part}" is a symbolic link`);
  });
  return parts;
}

function isFolder(root: string, path: string): boolean {
  return lstatSync(join(root, path)).isDirectory();
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function isGit(name: string): boolean {
  return name.toLowerCase() === '.git';
}

function outside(path: string, found: string): ActionError {
  return new ActionError({
    code: 'INPUT_INVALID',
    message: `The path "${path}" cannot be searched for manifests.`,
    expected: 'a folder or file of the repository, written from its root, without symbolic links',
    found,
  });
}
