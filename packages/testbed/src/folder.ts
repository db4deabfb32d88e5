import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { takeLock } from './lock.ts';

/** Short, because the path of a Unix socket may have 104 characters only, and sandboxes nest. */
const prefix = 'egt-';
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

/** Makes such a folder for the time of `work`, locked by this process. */
export async function withFolder<T>(purpose: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await createFolder(purpose);
  const lock = await takeLock({ file: lockFile(folder), shared: true, ifHeld: 'wait' });
  try {
    return await work(folder);
  } finally {
    await lock?.release();
    await removeFolder(folder);
  }
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
