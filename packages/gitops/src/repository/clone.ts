import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ActionError } from '@eks-gitops/errors';
import { explainFailure } from './failure.ts';
import { type Git, type GitOutput, succeeded } from './git.ts';
import { retryOnline } from './retry-online.ts';

export interface CloneRequest {
  readonly git: Git;
  readonly url: string;
  /** The folder to make. */
  readonly root: string;
  /** Default: the one that the remote's HEAD names. */
  readonly branch?: string;
  /** Folders to check out, from the repository's root; `.` for all of it. */
  readonly paths: readonly string[];
  readonly signal: AbortSignal;
  readonly onProgress?: ((line: string) => void) | undefined;
}

export interface Clone {
  readonly branch: string;
  readonly head: string;
}

const plain = ['--single-branch', '--no-tags', '--no-checkout', '--template='];
/** Blobs that are all wanted come faster with the commit than one request later. */
const lean = { whole: ['--depth=1'], narrow: ['--depth=1', '--filter=blob:none'] } as const;

/**
 * Clones one branch without history, fetches the blobs of `paths` alone and checks them out. A server without filters sends all blobs of
 * the commit; one that cannot do shallow clones (dumb HTTP, old servers) the whole history.
 * Throws BRANCH_MISSING, and what git's failure means.
 */
export async function cloneBranch(request: CloneRequest): Promise<Clone> {
  const { git, root, paths, signal } = request;
  const patterns = sparsePatterns(paths);
  const first = await clone(request, patterns === undefined ? lean.whole : lean.narrow);
  const output = isTooLean(first) ? await clone(request, []) : first;
  if (output.exitCode !== 0) throw await explainClone(request, output);
  const { branch, head } = await readTip(request);
  await writeSettings(root);
  if (patterns !== undefined) {
    succeeded(
      await git(['sparse-checkout', 'set', '--stdin'], { folder: root, input: patterns, signal }),
      'narrow the checkout to its paths',
    );
  }
  await checkOut({ git, root, commit: head, url: request.url, signal });
  return { branch, head };
}

function clone({ git, url, root, branch, signal, onProgress }: CloneRequest, more: readonly string[]): Promise<GitOutput> {
  const args = ['clone', '--quiet', ...plain, ...more, ...(branch === undefined ? [] : [`--branch=${branch}`]), '--', url, root];
  return retryOnline({ run: () => git(args, { online: true, signal }), url, signal, onNotice: onProgress });
}

function isTooLean({ exitCode, stderr }: GitOutput): boolean {
  return exitCode !== 0 && /does not support (?:shallow|--filter|filter)|support shallow capabilities|filter-spec/.test(stderr);
}

/** A branch that is named explicitly may turn out to be a tag, which `git clone --branch` takes as well. */
async function readTip(request: CloneRequest): Promise<Clone> {
  const { git, root, signal } = request;
  const format = '--format=%(objectname) %(refname:lstrip=3)';
  const refs = await git(['for-each-ref', format, 'refs/remotes/origin'], { folder: root, signal });
  const tips = succeeded(refs, 'read its clone')
    .split('\n')
    .filter(line => line !== '' && !line.endsWith(' HEAD'));
  const [head = '', branch = ''] = tips[0]?.split(' ') ?? [];
  if (head === '' || (request.branch !== undefined && branch !== request.branch)) throw await branchMissing(request);
  return { branch, head };
}

/**
 * Attributes of the repository have no say: files stand in the work tree byte for byte as in the commit, and no filter runs.
 * `info/attributes` has the last word (gitattributes(5)).
 */
async function writeSettings(root: string): Promise<void> {
  const folder = join(root, '.git', 'info');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'attributes'), '* -text -eol -ident -filter -working-tree-encoding\n');
}

/** Lines for `git sparse-checkout set --stdin`; undefined for the whole tree. */
export function sparsePatterns(paths: readonly string[]): string | undefined {
  const folders = paths.map(path => path.replace(/^(?:\.\/)+|\/+$/g, ''));
  if (folders.length === 0 || folders.some(folder => folder === '' || folder === '.')) return undefined;
  return folders.map(folder => `${folder.startsWith('"') ? JSON.stringify(folder) : folder}\n`).join('');
}

export interface CheckOutRequest {
  readonly git: Git;
  readonly root: string;
  readonly commit: string;
  readonly url: string;
  readonly signal: AbortSignal;
}

/** Makes the work tree one of the commit, fetching the blobs that are not there yet. */
export async function checkOut({ git, root, commit, url, signal }: CheckOutRequest): Promise<void> {
  const args = ['checkout', '--quiet', '--force', '--detach', commit, '--'];
  const output = await retryOnline({ run: () => git(args, { folder: root, online: true, signal }), url, signal });
  if (output.exitCode !== 0) throw explainFailure({ output, url, doing: 'read' }).error;
}

async function explainClone(request: CloneRequest, output: GitOutput): Promise<ActionError> {
  if (/Remote branch .* not found/.test(output.stderr)) return branchMissing(request);
  return explainFailure({ output, url: request.url, doing: 'read' }).error;
}

const shownBranches = 10;

export async function branchMissing({ git, url, branch, signal }: Omit<CloneRequest, 'root' | 'paths'>): Promise<ActionError> {
  const listed = await git(['ls-remote', '--heads', '--', url], { online: true, signal });
  const branches = listed.stdout.split('\n').flatMap(line => line.split('\trefs/heads/')[1] ?? []);
  if (branches.length === 0) {
    return new ActionError({
      code: 'BRANCH_MISSING',
      message: `${url} has no commits yet.`,
      expected: branch === undefined ? 'a branch' : `the branch ${branch}`,
      found: 'no branch',
      remedy: 'Push a first commit.',
    });
  }
  return new ActionError({
    code: 'BRANCH_MISSING',
    message: branch === undefined ? `The HEAD of ${url} names no branch.` : `${url} has no branch ${branch}.`,
    expected: branch === undefined ? 'a default branch' : `the branch ${branch}`,
    found: nearestFirst(branches, branch).slice(0, shownBranches).join(', '),
    remedy: 'Give one of its branches, or create the branch first.',
  });
}

/** Branches that share their beginning or contain the name come first. */
export function nearestFirst(branches: readonly string[], name = ''): readonly string[] {
  const distance = (branch: string): number => {
    if (branch.toLowerCase() === name.toLowerCase()) return 0;
    if (name !== '' && (branch.includes(name) || name.includes(branch))) return 1;
    return branch.slice(0, 3) === name.slice(0, 3) ? 2 : 3;
  };
  return branches.toSorted((a, b) => distance(a) - distance(b));
}
