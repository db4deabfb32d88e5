import { readlink, symlink, unlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { ActionError } from '@eks-gitops/errors';
import { hasCode } from './error-code.ts';
import { isDead, thisOwner } from './owner.ts';

/** Runs `run` while no other process holds the lock at `path`; a dead process's lock is taken over. Throws TIMED_OUT after `limit` ms. */
export async function withLock<T>({ path, limit }: { path: string; limit: number }, run: () => Promise<T>): Promise<T> {
  const end = Date.now() + limit;
  while (!(await tryLock(path))) {
    if (Date.now() > end) throw heldTooLong({ path, limit, owner: await ownerOf(path) });
    await sleep(10 + Math.random() * 20);
  }
  try {
    return await run();
  } finally {
    await unlock(path);
  }
}

/** The lock is a symbolic link that names its owner: made in one step, with its content. */
export async function tryLock(path: string): Promise<boolean> {
  if (await claim(path)) return true;
  return (await removeDead(path)) && (await claim(path));
}

async function claim(path: string): Promise<boolean> {
  try {
    await symlink(thisOwner(), path);
    return true;
  } catch (thrown) {
    if (hasCode(thrown, 'EEXIST')) return false;
    throw thrown;
  }
}

/** Only one process at a time looks and removes, so that none removes the lock of one that was quicker. */
async function removeDead(path: string): Promise<boolean> {
  if (!isDead((await ownerOf(path)) ?? '') || !(await claim(`${path}.takeover`))) return false;
  try {
    const dead = isDead((await ownerOf(path)) ?? '');
    if (dead) await unlock(path);
    return dead;
  } finally {
    await unlock(`${path}.takeover`);
  }
}

export async function unlock(path: string): Promise<void> {
  await unlink(path).catch(thrown => {
    if (!hasCode(thrown, 'ENOENT')) throw thrown;
  });
}

async function ownerOf(path: string): Promise<string | undefined> {
  return readlink(path).catch(() => undefined);
}

function heldTooLong({ path, limit, owner }: { path: string; limit: number; owner: string | undefined }): ActionError {
  return new ActionError({
    code: 'TIMED_OUT',
    message: `The lock ${path} was not released within ${limit / 1000} s.`,
    found: owner === undefined ? 'it changes hands all the time' : `process ${owner.split('-')[0]} holds it`,
    remedy: 'end that process; if it ran on another machine and is gone, remove the lock',
  });
}
