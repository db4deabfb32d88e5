import { execa } from 'execa';

export interface Person {
  readonly name: string;
  readonly email: string;
}

export interface RepositoryCommit {
  readonly oid: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Person;
  readonly committer: Person;
  readonly message: string;
  readonly signed: boolean;
}

export interface NewCommit {
  readonly parent: string;
  readonly additions: readonly { readonly path: string; readonly content: Buffer }[];
  readonly deletions: readonly string[];
  readonly message: string;
  readonly author: Person;
}

/** The plumbing of one real bare git repository. */
export interface BareRepository {
  readonly folder: string;
  /** The commit of a full reference name, or undefined. */
  readonly read: (name: string) => Promise<string | undefined>;
  /** Sets, makes (`from` undefined) or deletes (`to` undefined) a reference; false when it is not at `from` any more. */
  readonly update: (change: { name: string; from: string | undefined; to: string | undefined }) => Promise<boolean>;
  readonly commit: (oid: string) => Promise<RepositoryCommit | undefined>;
  /** Object id and mode of a path in a commit. */
  readonly entry: (oid: string, path: string) => Promise<{ readonly oid: string; readonly mode: string } | undefined>;
  /** Object ids that `to` has and `from` has not, newest first. */
  readonly between: (from: string, to: string) => Promise<readonly string[]>;
  readonly history: (oid: string, count: number) => Promise<readonly string[]>;
  readonly changedFiles: (from: string, to: string) => Promise<readonly string[]>;
  readonly isAncestor: (ancestor: string, of: string) => Promise<boolean>;
  /** Writes a commit object that is signed in GitHub's name, on no reference yet. */
  readonly write: (commit: NewCommit) => Promise<string>;
}

const web: Person = { name: 'GitHub', email: 'noreply@github.com' };
/** Stands where GitHub's own signature would; nobody can verify it. */
const signature = ['-----BEGIN PGP SIGNATURE-----', '', 'testbed', '-----END PGP SIGNATURE-----'];

export function openBareRepository(folder: string): BareRepository {
  const run = (args: readonly string[], input: string | Buffer = '') =>
    execa('git', args, { env: { GIT_DIR: folder }, input, reject: false, stripFinalNewline: false });
  const git = async (args: readonly string[], input?: string | Buffer): Promise<string> => {
    const { exitCode, stdout, stderr } = await run(args, input);
    if (exitCode !== 0) throw new Error(`git ${args[0]}: ${stderr}`);
    return stdout;
  };
  const lines = async (args: readonly string[]) => (await git(args)).split('\n').filter(line => line !== '');

  const entry: BareRepository['entry'] = async (oid, path) => {
    const [line] = (await git(['ls-tree', '-z', oid, '--', `:(literal)${path}`])).split('\0');
    const [, mode, object] = /^(\d+) \S+ (\S+)\t/.exec(line ?? '') ?? [];
    return mode && object ? { mode, oid: object } : undefined;
  };

  const writeTree = async ({ parent, additions, deletions }: NewCommit): Promise<string> => {
    const index = `${folder}/index-${process.hrtime.bigint()}`;
    const staged = (args: readonly string[], input?: string) =>
      execa('git', args, { env: { GIT_DIR: folder, GIT_INDEX_FILE: index }, input: input ?? '' });
    await staged(['read-tree', parent]);
    const added = await Promise.all(
      additions.map(async ({ path, content }) => {
        const blob = (await git(['hash-object', '-w', '--stdin'], content)).trim();
        // An existing file keeps its mode, as it does when it is edited on the web.
        return `${(await entry(parent, path))?.mode ?? '100644'} ${blob}\t${path}\0`;
      }),
    );
    const removed = deletions.map(path => `0 ${'0'.repeat(parent.length)}\t${path}\0`);
    await staged(['update-index', '-z', '--index-info'], [...removed, ...added].join(''));
    const { stdout } = await staged(['write-tree']);
    await execa('rm', ['-f', '--', index]);
    return stdout.trim();
  };

  return {
    folder,
    entry,
    read: async name => {
      const { exitCode, stdout } = await run(['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]);
      return exitCode === 0 ? stdout.trim() : undefined;
    },
    update: async ({ name, from, to }) => {
      const zero = '0'.repeat((from ?? to ?? '').length);
      const args = to === undefined ? ['-d', name, from ?? zero] : [name, to, from ?? zero];
      const { exitCode } = await run(['update-ref', ...args]);
      return exitCode === 0;
    },
    commit: async oid => {
      const { exitCode, stdout } = await run(['cat-file', 'commit', oid]);
      return exitCode === 0 ? parseCommit(oid, stdout) : undefined;
    },
    between: (from, to) => lines(['rev-list', '--topo-order', `${from}..${to}`]),
    history: (oid, count) => lines(['rev-list', `--max-count=${count}`, oid]),
    changedFiles: (from, to) => lines(['diff-tree', '-r', '--name-only', from, to]),
    isAncestor: async (ancestor, of) => (await run(['merge-base', '--is-ancestor', ancestor, of])).exitCode === 0,
    write: async commit => {
      const tree = await writeTree(commit);
      return (await git(['hash-object', '-t', 'commit', '-w', '--stdin'], formatCommit(commit, tree))).trim();
    },
  };
}

function formatCommit({ parent, author, message }: NewCommit, tree: string): string {
  const time = `${Math.floor(Date.now() / 1000)} +0000`;
  const headers = [
    `tree ${tree}`,
    `parent ${parent}`,
    `author ${author.name} <${author.email}> ${time}`,
    `committer ${web.name} <${web.email}> ${time}`,
    `gpgsig ${signature.join('\n ')}`,
  ];
  return `${headers.join('\n')}\n\n${message}`;
}

function parseCommit(oid: string, text: string): RepositoryCommit {
  const end = text.indexOf('\n\n');
  const headers = text.slice(0, end).split('\n');
  const values = (name: string) => headers.filter(line => line.startsWith(`${name} `)).map(line => line.slice(name.length + 1));
  const person = (line = ''): Person => {
    const [, name = '', email = ''] = /^(.*) <(.*)> \d+ \S+$/.exec(line) ?? [];
    return { name, email };
  };
  return {
    oid,
    tree: values('tree')[0] ?? '',
    parents: values('parent'),
    author: person(values('author')[0]),
    committer: person(values('committer')[0]),
    message: text.slice(end + 2),
    signed: values('gpgsig').length > 0,
  };
}
