import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { execa } from 'execa';

/** Files by their path; a value is the content. */
export type RepositoryFiles = Readonly<Record<string, string | Uint8Array>>;

/** Every file below a folder, to fill a repository with. */
export async function readFiles(folder: string): Promise<RepositoryFiles> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name));
  const read = async (file: string) => [relative(folder, file), new Uint8Array(await readFile(file))] as const;
  return Object.fromEntries(await Promise.all(files.map(read)));
}

export interface RepositoryOptions {
  /** Default `main`. */
  readonly branch?: string;
  /** Lets clients filter; default true. */
  readonly allowFilter?: boolean;
  /** A hook that refuses every push with these words. */
  readonly refusal?: string;
}

/** A bare repository on disk, as a server holds it. */
export interface BareRepository {
  readonly folder: string;
  /** Runs git in it and gives its standard output, without the last newline. */
  readonly git: (...args: readonly string[]) => Promise<string>;
  /** Commits of a branch, oldest first. */
  readonly commits: (branch?: string) => Promise<readonly string[]>;
  readonly read: (path: string, branch?: string) => Promise<string>;
  /** Commits files on top of a branch, as somebody else would; gives the commit. */
  readonly commit: (files: RepositoryFiles, options?: { readonly branch?: string; readonly message?: string }) => Promise<string>;
  /** Refuses every push with these words from now on; undefined lets them through again. */
  readonly refuse: (words: string | undefined) => Promise<void>;
}

const identity = {
  GIT_AUTHOR_NAME: 'Somebody Else',
  GIT_AUTHOR_EMAIL: 'else@example.com',
  GIT_COMMITTER_NAME: 'Somebody Else',
  GIT_COMMITTER_EMAIL: 'else@example.com',
};

/** Makes a bare repository whose branch has one commit that holds the files; without files it is empty. */
export async function createBareRepository(
  folder: string,
  files: RepositoryFiles,
  { branch = 'main', allowFilter = true, refusal }: RepositoryOptions = {},
): Promise<BareRepository> {
  await mkdir(dirname(folder), { recursive: true });
  const options = { env: { ...identity, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' } };
  await execa('git', ['init', '--quiet', '--bare', `--initial-branch=${branch}`, '--', folder], options);
  const git = async (...args: readonly string[]): Promise<string> =>
    (await execa('git', args, { ...options, cwd: folder })).stdout;
  const settings = { 'http.receivepack': true, 'uploadpack.allowFilter': allowFilter, 'uploadpack.allowAnySHA1InWant': true };
  for (const [name, value] of Object.entries({ ...settings, 'gc.auto': 0 })) await git('config', name, String(value));

  const commit: BareRepository['commit'] = async (changed, { branch: onto = branch, message = 'Change files' } = {}) => {
    const parent = await git('rev-parse', '--verify', '--quiet', `refs/heads/${onto}`).catch(() => undefined);
    const input = importStream({ ref: `refs/heads/${onto}`, parent, files: changed, message });
    await execa('git', ['fast-import', '--quiet'], { ...options, cwd: folder, input });
    return git('rev-parse', `refs/heads/${onto}`);
  };
  const refuse = async (words: string | undefined): Promise<void> => {
    const hook = join(folder, 'hooks', 'pre-receive');
    const body = words === undefined ? 'exit 0' : `cat >&2 <<'WORDS'\n${words}\nWORDS\nexit 1`;
    await mkdir(dirname(hook), { recursive: true });
    await writeFile(hook, `#!/bin/sh\n${body}\n`);
    await chmod(hook, 0o755);
  };
  if (Object.keys(files).length > 0) await commit(files, { message: 'Begin' });
  if (refusal !== undefined) await refuse(refusal);
  return {
    folder,
    git,
    commit,
    refuse,
    commits: async (of = branch) => (await git('rev-list', '--reverse', `refs/heads/${of}`)).split('\n'),
    read: async (path, of = branch) =>
      (
        await execa('git', ['cat-file', 'blob', `refs/heads/${of}:${path}`], {
          ...options,
          cwd: folder,
          stripFinalNewline: false,
        })
      ).stdout,
  };
}

interface Import {
  readonly ref: string;
  readonly parent: string | undefined;
  readonly files: RepositoryFiles;
  readonly message: string;
}

/** Input of git-fast-import(1). */
function importStream({ ref, parent, files, message }: Import): Buffer {
  const text = Buffer.from(message);
  const head = [
    `commit ${ref}`,
    `committer ${identity.GIT_COMMITTER_NAME} <${identity.GIT_COMMITTER_EMAIL}> ${Math.floor(Date.now() / 1000)} +0000`,
    `data ${text.length}`,
    message,
    ...(parent === undefined ? [] : [`from ${parent}`]),
  ];
  const entries = Object.entries(files).flatMap(([path, content]) => {
    const bytes = Buffer.from(content);
    return [Buffer.from(`M 100644 inline ${JSON.stringify(path)}\ndata ${bytes.length}\n`), bytes, Buffer.from('\n')];
  });
  return Buffer.concat([Buffer.from(`${head.join('\n')}\n`), ...entries]);
}
