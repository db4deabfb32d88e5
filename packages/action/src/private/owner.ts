import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { hasCode } from './error-code.ts';

/**
 * This process, told from every other one: pid, start time in clock ticks since boot (proc(5), `starttime`; 0 where there is no /proc)
 * and 8 hex digits for the machine and its process-id namespace, since pids mean nothing elsewhere.
 */
export function thisOwner(): string {
  return `${process.pid}-${startOf(process.pid) ?? '0'}-${place()}`;
}

export const ownerForm = /(\d+)-(\d+)-([0-9a-f]{8})/;

/** Whether that process is known to have ended; one of another machine or namespace is not known. */
export function isDead(owner: string): boolean {
  const [, pid, started, where] = new RegExp(`^${ownerForm.source}$`).exec(owner) ?? [];
  if (pid === undefined || where !== place()) return false;
  return started === '0' ? !exists(Number(pid)) : startOf(Number(pid)) !== started;
}

/** Nothing for a process that is not there, or is only waiting to be reaped. */
function startOf(pid: number): string | undefined {
  const stat = readOr(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  const [state, ...fields] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  return state === 'Z' || state === 'X' ? undefined : fields[18];
}

function place(): string {
  const namespace = readOr(() => readlinkSync('/proc/self/ns/pid')) ?? '';
  return createHash('sha256').update(`${hostname()} ${namespace}`).digest('hex').slice(0, 8);
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return hasCode(thrown, 'EPERM');
  }
}

function readOr(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
