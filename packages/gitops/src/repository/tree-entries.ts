import { createHash } from 'node:crypto';
import { ActionError } from '@eks-gitops/errors';
import type { FileChange } from '../edit.ts';
import { type Git, succeeded } from './git.ts';

/** A change with the mode that its file has in the commit; a new file gets 100644. */
export interface ModedChange extends FileChange {
  readonly mode: string;
}

export interface TreeQuestion {
  readonly git: Git;
  readonly root: string;
  readonly commit: string;
  readonly changes: readonly FileChange[];
  readonly signal: AbortSignal;
}

/** An entry of a tree (git-ls-tree(1)). */
export interface TreeEntry {
  readonly mode: string;
  readonly id: string;
}

/**
 * Compares changes with the files of the commit itself, which need not be checked out: what differs, with the mode to keep.
 * Throws GIT_FAILED for a path that leads out of the tree, over a symbolic link, into a submodule or onto a folder.
 */
export async function changesAgainst({ git, root, commit, changes, signal }: TreeQuestion): Promise<readonly ModedChange[]> {
  if (changes.length === 0) return [];
  for (const { path } of changes) checkPath(path);
  const paths = new Set(changes.flatMap(({ path }) => withParents(path)));
  const listing = await git(['ls-tree', '-z', '-t', '--full-tree', commit, '--', ...paths], { folder: root, signal });
  const entries = parseTree(succeeded(listing, `list the files of ${commit}`));
  return changes.flatMap(change => {
    for (const parent of withParents(change.path).slice(0, -1)) checkFolder(change.path, parent, entries.get(parent));
    const entry = entries.get(change.path);
    if (entry !== undefined) checkFile(change.path, entry);
    if (entry?.id === blobId(change.content, entry?.id.length === 64 ? 'sha256' : 'sha1')) return [];
    return [{ ...change, mode: entry?.mode ?? '100644' }];
  });
}

/** Reads `git ls-tree -z`. */
export function parseTree(listing: string): ReadonlyMap<string, TreeEntry> {
  const entries = listing.split('\0').flatMap(line => {
    const [, mode, id, path] = /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/s.exec(line) ?? [];
    return mode && id && path ? [[path, { mode, id }] as const] : [];
  });
  return new Map(entries);
}

/** The name that git gives to a file's content (gitformat-loose(5)). */
export function blobId(content: Uint8Array, algorithm: 'sha1' | 'sha256'): string {
  return createHash(algorithm).update(`blob ${content.length}\0`).update(content).digest('hex');
}

/** `a/b/c` gives `a`, `a/b`, `a/b/c`. */
function withParents(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** Throws GIT_FAILED for a path that does not stay inside a repository, or leads into its `.git`. */
export function checkPath(path: string): void {
  const parts = path.split('/');
  if (!path.includes('\0') && parts.every(part => part !== '' && part !== '.' && part !== '..' && part.toLowerCase() !== '.git'))
    return;
  throw unwritable(path, 'the path does not lead to a file inside the repository');
}

function checkFolder(path: string, parent: string, entry: TreeEntry | undefined): void {
  if (entry === undefined || entry.mode === '040000') return;
  const what = { '120000': 'a symbolic link', '160000': 'a submodule' }[entry.mode] ?? 'a file';
  throw unwritable(path, `${parent} is ${what}`);
}

function checkFile(path: string, { mode }: TreeEntry): void {
  if (mode === '100644' || mode === '100755') return;
  throw unwritable(path, { '120000': 'it is a symbolic link', '160000': 'it is a submodule' }[mode] ?? 'it is a folder');
}

export function unwritable(path: string, found: string): ActionError {
  return new ActionError({
    code: 'GIT_FAILED',
    message: `${path} cannot be written.`,
    expected: 'a file, or nothing yet, in a folder of the repository',
    found,
  });
}
