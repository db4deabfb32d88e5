import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const prefix = 'eks-gitops-testbed-';
const lockName = 'lock';
/** A folder younger than this may not have been locked yet. */
const settlingTime = 60_000;

/** Makes a private (0700) temporary folder; whoever uses it holds a lock on its {@link lockFile}, and an unlocked one is swept later. */
export async function createFolder(purpose: string): Promise<string> {
  await sweepFolders();
  const folder = await mkdtemp(join(tmpdir(), `${prefix}${purpose}-`));
  await writeFile(lockFile(folder), '');
  return folder;
}

export function lockFile(folder: string): string {
  return join(folder, lockName);
}

/** Removes the folders of runs that were killed: no process holds their lock any more. */
export async function sweepFolders(): Promise<void> {
  const names = (await readdir(tmpdir())).filter(name => name.startsWith(prefix));
  await Promise.all(names.map(name => sweepFolder(join(tmpdir(), name))));
}

async function sweepFolder(folder: string): Promise<void> {
  const made = await stat(folder).catch(() => undefined);
  if (made === undefined || made.uid !== process.getuid?.() || Date.now() - made.ctimeMs < settlingTime) return;
  await promisify(execFile)('flock', ['--nonblock', lockFile(folder), 'rm', '-rf', '--', folder]).catch(() => undefined);
}

export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
