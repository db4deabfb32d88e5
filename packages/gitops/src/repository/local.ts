import { randomUUID } from 'node:crypto';
import { chown, lstat, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ActionError } from '@eks-gitops/errors';
import type { EditTree, FileChange } from '../edit.ts';
import { type Environment, readGit } from '../git.ts';
import { checkPath, unwritable } from './tree-entries.ts';

export interface LocalRequest<Result> {
  /** Absolute path of a folder in the checkout; the tree that is edited begins at the checkout's root. */
  readonly folder: string;
  readonly edit: EditTree<Result>;
  readonly env: Environment;
  readonly signal: AbortSignal;
}

export interface LocalEdit<Result> {
  /** Paths of the written files, from the checkout's root; none when the edit changed nothing. */
  readonly files: readonly string[];
  readonly result: Result;
}

/**
 * Writes the changes of an edit into a checkout and commits nothing. Each file is replaced in one step and keeps its mode; all are
 * written beside their places first, so that a full disk changes none. Throws what the edit throws, or GIT_FAILED.
 */
export async function editLocally<Result>({ folder, edit, env, signal }: LocalRequest<Result>): Promise<LocalEdit<Result>> {
  const answer = await readGit({ folder, args: ['rev-parse', '--show-toplevel', 'HEAD'], trusted: [folder], env, signal });
  if (answer.missing || answer.exitCode !== 0) throw noCheckout(folder, answer.missing ? 'no git on PATH' : answer.stderr.trim());
  const [root = '', head = ''] = answer.stdout.split('\n');
  const { changes, result } = await edit({ root, head });
  const prepared: Prepared[] = [];
  try {
    await sweep(root, changes);
    for (const change of changes) {
      signal.throwIfAborted();
      prepared.push(await prepare(root, change));
    }
    for (const { temporary, target } of prepared) await rename(temporary, target);
  } finally {
    await Promise.all(prepared.map(({ temporary }) => rm(temporary, { force: true })));
  }
  return { files: changes.map(({ path }) => path), result };
}

const temporaryForm = /^\.eks-gitops-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

interface Prepared {
  readonly temporary: string;
  readonly target: string;
}

/** Removes what a killed run has left beside the files. */
async function sweep(root: string, changes: readonly FileChange[]): Promise<void> {
  for (const folder of new Set(changes.map(({ path }) => dirname(join(root, path))))) {
    const names = await readdir(folder).catch((): string[] => []);
    const left = names.filter(name => temporaryForm.test(name));
    await Promise.all(left.map(name => rm(join(folder, name), { force: true })));
  }
}

async function prepare(root: string, { path, content }: FileChange): Promise<Prepared> {
  checkPath(path);
  await checkFolders(root, path);
  const target = join(root, path);
  const before = await lstat(target).catch(() => undefined);
  if (before !== undefined && !before.isFile()) throw unwritable(path, 'it is no regular file');
  await mkdir(dirname(target), { recursive: true });
  const temporary = join(dirname(target), `.eks-gitops-${randomUUID()}`);
  await writeFile(temporary, content, { flag: 'wx', mode: before === undefined ? 0o644 : before.mode & 0o7777 });
  // A container's root must not take the file away from whoever owns the checkout; others cannot give theirs away.
  if (before !== undefined) await chown(temporary, before.uid, before.gid).catch(() => undefined);
  return { temporary, target };
}

async function checkFolders(root: string, path: string): Promise<void> {
  const parts = path.split('/').slice(0, -1);
  for (const [index] of parts.entries()) {
    const parent = parts.slice(0, index + 1).join('/');
    const found = await lstat(join(root, parent)).catch(() => undefined);
    if (found !== undefined && !found.isDirectory())
      throw unwritable(path, `${parent} is ${found.isSymbolicLink() ? 'a symbolic link' : 'a file'}`);
  }
}

function noCheckout(folder: string, detail: string): ActionError {
  return new ActionError({
    code: 'GIT_FAILED',
    message: `${folder} is not a checkout with a commit.`,
    detail,
    remedy: 'Check the repository out first (actions/checkout).',
  });
}
