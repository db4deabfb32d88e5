import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';

export interface Lock {
  readonly release: () => Promise<void>;
}

export interface LockOptions {
  readonly file: string;
  /** Many may hold it at once, but not together with one that holds it alone. */
  readonly shared?: boolean;
  /** What to do while another process holds it: wait for it, or give up and get undefined. */
  readonly ifHeld: 'wait' | 'give-up';
}

/**
 * Takes a lock on a file with util-linux's `flock`. The kernel frees it when this process ends in whatever way, because the
 * process that holds it reads our pipe to its end.
 */
export async function takeLock({ file, shared = false, ifHeld }: LockOptions): Promise<Lock | undefined> {
  const options = [shared ? '--shared' : '--exclusive', ...(ifHeld === 'give-up' ? ['--nonblock'] : [])];
  const holder = spawn('flock', [...options, file, 'sh', '-c', 'echo held; exec cat'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = once(holder, 'exit');
  const held = await Promise.race([once(holder.stdout, 'data').then(() => true), ended.then(() => false)]);
  if (!held) return undefined;
  const streams = [holder.stdin, holder.stdout].filter(stream => stream instanceof Socket);
  // A lock that a failure left held must not keep this process from ending.
  for (const handle of [holder, ...streams]) handle.unref();
  const release = async (): Promise<void> => {
    for (const handle of [holder, ...streams]) handle.ref();
    holder.stdin.end();
    await ended;
  };
  return { release };
}

/** Waits for the lock and holds it alone during `work`. */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const lock = await takeLock({ file, ifHeld: 'wait' });
  try {
    return await work();
  } finally {
    await lock?.release();
  }
}
