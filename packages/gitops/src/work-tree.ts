import { realpath } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { ActionError } from '@eks-gitops/errors';
import { type Environment, type GitAnswer, readGit } from './git.ts';

/** The git work tree that holds a folder, as it is now. */
export interface WorkTree {
  /** Absolute path of the work tree's root; of a submodule's own root inside one. */
  readonly root: string;
  /** The folder relative to `root`, with `/` between parts; `.` for the root itself. */
  readonly path: string;
  /** Absent before the first commit. */
  readonly head?: { readonly commit: string; readonly committed: Date };
  /** Files under the folder, and of those asked for beside it, relative to `root`, that differ from `head` or are untracked and not ignored. */
  readonly changes: readonly string[];
}

/** A folder without a work tree: no git program, no repository around it, or only a bare one. */
export interface NoWorkTree {
  readonly missing: 'git' | 'repository';
}

export interface WorkTreeQuestion {
  /** An existing folder, absolute. */
  readonly folder: string;
  /** Files, absolute, whose changes count too where they lie in the same work tree. */
  readonly files?: readonly string[];
  /** Repositories with one of these roots are read whoever owns them (a container's user seldom owns the checkout). */
  readonly trusted: readonly string[];
  readonly env: Environment;
  readonly signal: AbortSignal;
}

/** Reads the work tree that holds a folder, and writes nothing. Throws GIT_FAILED when git refuses or the repository is broken. */
export async function readWorkTree(question: WorkTreeQuestion): Promise<WorkTree | NoWorkTree> {
  const place = await ask(question, ['rev-parse', '--show-toplevel', '--show-prefix']);
  if (place.missing) return { missing: 'git' };
  if (/not a git repository|must be run in a work tree/.test(place.stderr)) return { missing: 'repository' };
  const [root = '', prefix = ''] = succeeded(place, question.folder).split('\n');
  const [head, changes] = await Promise.all([
    readHead(question),
    readChanges(question, await within(join(root, prefix), { root, files: question.files ?? [] })),
  ]);
  return { root, path: prefix === '' ? '.' : prefix.replace(/\/$/, ''), changes, ...(head === undefined ? {} : { head }) };
}

export interface PathQuestion {
  readonly workTree: WorkTree | NoWorkTree;
  /** As the user wrote it, from `workspace`. */
  readonly folder: string;
  readonly workspace: string;
}

/** A folder's path from the root of its work tree, with `/`; without a checkout the workspace counts as that root. */
export function pathInRepository({ workTree, folder, workspace }: PathQuestion): string {
  if ('path' in workTree) return workTree.path;
  const path = relative(workspace, resolve(workspace, folder)).split(sep).join('/');
  return path === '' ? '.' : path;
}

async function readHead(question: WorkTreeQuestion): Promise<WorkTree['head']> {
  const name = await ask(question, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
  if (!name.missing && name.exitCode === 1 && name.stderr === '') return undefined;
  const commit = succeeded(name, question.folder).trim();
  const timed = await ask(question, ['rev-list', '--max-count=1', '--timestamp', commit]);
  const [seconds = ''] = succeeded(timed, question.folder).split(' ');
  return { commit, committed: new Date(Number(seconds) * 1_000) };
}

/** The paths from `folder` of those files that are there and lie under `root`. */
async function within(
  folder: string,
  { root, files }: { readonly root: string; readonly files: readonly string[] },
): Promise<readonly string[]> {
  const real = await Promise.all(files.map(file => realpath(file).catch(() => undefined)));
  return real.flatMap(file => (file?.startsWith(join(root, sep)) ? [relative(folder, file)] : []));
}

async function readChanges(question: WorkTreeQuestion, files: readonly string[]): Promise<readonly string[]> {
  const status = await ask(question, [
    'status',
    '--porcelain=v1',
    '-z',
    '--no-renames',
    '--untracked-files=normal',
    '--ignore-submodules=none',
    '--',
    '.',
    ...files,
  ]);
  const entries = succeeded(status, question.folder).split('\0');
  return entries.flatMap(entry => (entry === '' ? [] : [entry.slice(3)]));
}

function ask({ folder, trusted, env, signal }: WorkTreeQuestion, args: readonly string[]): Promise<GitAnswer> {
  return readGit({ folder, trusted, env, signal, args });
}

function succeeded(answer: GitAnswer, folder: string): string {
  if (!answer.missing && answer.exitCode === 0) return answer.stdout;
  const stderr = answer.missing ? 'git is gone' : answer.stderr.trim();
  const refused = stderr.includes('dubious ownership');
  throw new ActionError({
    code: 'GIT_FAILED',
    message: `git cannot read the work tree that holds ${folder}.`,
    detail: stderr,
    likely: refused ? 'the repository belongs to another user than the one that runs this step' : undefined,
    remedy: refused
      ? 'if you trust the repository, run git config --global --add safe.directory with its root, as git says above'
      : 'run git status there; if the repository is damaged, check it out again',
  });
}
