import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { tryLock, unlock, withLock } from './lock.ts';
import { isDead, thisOwner } from './owner.ts';

/** An owner that has really lived, in this place, and has ended. */
function deadOwner(): string {
  const module = JSON.stringify(new URL('./owner.ts', import.meta.url).href);
  const { stdout } = spawnSync(process.execPath, ['-e', `import(${module}).then(it => process.stdout.write(it.thisOwner()))`]);
  return stdout.toString();
}

async function newPath(): Promise<string> {
  return join(await mkdtemp(join(tmpdir(), 'lock-test-')), 'lock');
}

test('who has not ended is not dead, and who has ended is', () => {
  expect(isDead(thisOwner())).toBe(false);
  expect(isDead(deadOwner())).toBe(true);
});

test('a process id that was given to another process is dead', () => {
  const [pid, , place] = thisOwner().split('-');
  expect(isDead(`${pid}-1-${place}`)).toBe(true);
});

test('a process of another machine or container is never called dead', () => {
  expect(isDead(deadOwner().replace(/[0-9a-f]{8}$/, '00000000'))).toBe(false);
  expect(isDead('nonsense')).toBe(false);
});

test('a held lock is not given, and a released one is', async () => {
  const path = await newPath();
  expect(await tryLock(path)).toBe(true);
  expect(await tryLock(path)).toBe(false);
  await unlock(path);
  expect(await tryLock(path)).toBe(true);
});

test('the lock of a dead process is taken over by one alone', async () => {
  const path = await newPath();
  await symlink(deadOwner(), path);
  const taken = await Promise.all(Array.from({ length: 8 }, () => tryLock(path)));
  expect(taken.filter(Boolean)).toHaveLength(1);
  expect(await readdir(join(path, '..'))).toEqual(['lock']);
});

test('what runs under a lock runs one at a time, and the lock is gone afterwards, also after a failure', async () => {
  const path = await newPath();
  let running = 0;
  const most: number[] = [];
  const work = async (): Promise<void> => {
    most.push(++running);
    await new Promise(resolve => setTimeout(resolve, 5));
    running--;
    throw new Error('failed inside');
  };
  const ended = await Promise.allSettled(Array.from({ length: 5 }, () => withLock({ path, limit: 60_000 }, work)));
  expect(most).toEqual([1, 1, 1, 1, 1]);
  expect(ended.map(({ status }) => status)).toEqual(Array(5).fill('rejected'));
  expect(await readdir(join(path, '..'))).toEqual([]);
});

test('a lock that is not released in time is TIMED_OUT, naming who holds it', async () => {
  const path = await newPath();
  await symlink(thisOwner(), path);
  await expect(withLock({ path, limit: 50 }, async () => 1)).rejects.toMatchObject({
    code: 'TIMED_OUT',
    failure: { found: `process ${process.pid} holds it` },
  });
});
