import type { FileChange } from '../edit.ts';
import { type Git, succeeded } from './git.ts';
import type { ModedChange } from './tree-entries.ts';

export interface Person {
  readonly name: string;
  readonly email: string;
}

export interface Identity {
  readonly author: Person;
  readonly committer: Person;
}

export interface CommitOrder {
  readonly git: Git;
  readonly root: string;
  readonly parent: string;
  readonly changes: readonly ModedChange[];
  readonly message: string;
  readonly identity: Identity;
  readonly now: Date;
  readonly signal: AbortSignal;
}

/** Keeps what was committed last reachable; nobody pushes it. */
const reference = 'refs/eks-gitops/commit';

/**
 * Makes a commit of exactly the changes on top of its parent, in one process and without work tree and index, so that files which are
 * not checked out stay as they are. Gives the commit's id.
 */
export async function createCommit({ git, root, signal, ...order }: CommitOrder): Promise<string> {
  const args = ['fast-import', '--quiet', '--force', '--date-format=raw'];
  const output = await git(args, { folder: root, input: importStream({ ...order, reference }), signal });
  return succeeded(output, 'make the commit').trim();
}

export interface ImportOrder extends Omit<CommitOrder, 'git' | 'root' | 'signal'> {
  readonly reference: string;
}

/** The input of git-fast-import(1) for one commit, which asks for its id at the end. */
export function importStream({ reference, parent, changes, message, identity, now }: ImportOrder): Buffer {
  const time = `${Math.floor(now.getTime() / 1000)} +0000`;
  return Buffer.concat([
    Buffer.from(`commit ${reference}\nmark :1\n`),
    Buffer.from(`author ${formatPerson(identity.author)} ${time}\ncommitter ${formatPerson(identity.committer)} ${time}\n`),
    data(Buffer.from(message)),
    Buffer.from(`from ${parent}\n`),
    ...changes.flatMap(change => [Buffer.from(`M ${change.mode} inline ${quote(change)}\n`), data(change.content)]),
    Buffer.from('get-mark :1\n'),
  ]);
}

function data(content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`data ${content.length}\n`), content, Buffer.from('\n')]);
}

function quote({ path }: FileChange): string {
  return `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

/** git keeps `<`, `>` and line breaks out of names too (git-commit-tree(1), "Commit Information"). */
function formatPerson({ name, email }: Person): string {
  const clean = (text: string): string => text.replace(/[<>\0\r\n]/g, '').trim();
  return `${clean(name)} <${clean(email)}>`;
}
