import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { lockFile } from './folder.ts';

export interface ProcessOptions {
  /** What it is called in messages. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Private folder of the process: its working folder, kept locked while it or a child of it lives. */
  readonly folder: string;
  /** Looks for the sign of readiness in the log so far; undefined means not yet. */
  readonly ready: (log: string) => string | undefined | Promise<string | undefined>;
  /** Seconds that it may take to be ready; default 30. */
  readonly within?: number;
}

export interface ServerProcess {
  /** What `ready` found. */
  readonly sign: string;
  readonly pid: number;
  readonly log: () => string;
  /** Ends the process and its children: SIGTERM, and SIGKILL to the whole group after 5 s. May be called twice. */
  readonly stop: () => Promise<void>;
  /** Ends them without a word, as a crash would. */
  readonly kill: () => Promise<void>;
}

const stopLimit = 5_000;

/**
 * Starts a server in its own process group and waits until it is ready. The kernel kills it when this process dies without a word.
 * Rejects with the server's log when it ends or is not ready in time.
 */
export async function startProcess(options: ProcessOptions): Promise<ServerProcess> {
  const chunks: string[] = [];
  const log = (): string => chunks.join('');
  const child = spawn('setpriv', guardedArgs(options), {
    cwd: options.folder,
    env: { ...process.env, ...options.env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.setEncoding('utf8').on('data', chunk => chunks.push(String(chunk)));
  child.stderr.setEncoding('utf8').on('data', chunk => chunks.push(String(chunk)));
  const ended = new Promise<void>(resolve => {
    child.once('error', error => {
      chunks.push(`${error.message}\n`);
      resolve();
    });
    child.once('exit', () => resolve());
  });
  const stop = (): Promise<void> => stopGroup(child, ended);
  try {
    const sign = await waitUntilReady({ options, log, ended });
    letGo(child);
    return { sign, pid: child.pid ?? 0, log, stop, kill: () => killGroup(child, ended) };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** `setpriv` and `flock` replace themselves by the server, so that the child's process id is the server's. */
function guardedArgs({ folder, command, args }: ProcessOptions): string[] {
  return ['--pdeathsig', 'KILL', '--', 'flock', '--shared', '--no-fork', lockFile(folder), command, ...args];
}

interface Waiting {
  readonly options: ProcessOptions;
  readonly log: () => string;
  readonly ended: Promise<void>;
}

async function waitUntilReady({ options, log, ended }: Waiting): Promise<string> {
  let running = true;
  ended.then(() => {
    running = false;
  });
  const { within = 30 } = options;
  const deadline = Date.now() + within * 1000;
  while (Date.now() < deadline) {
    const sign = await options.ready(log());
    if (sign !== undefined) return sign;
    if (!running) throw new Error(`${options.name} ended before it was ready:\n${log()}`);
    await Promise.race([sleep(20), ended]);
  }
  throw new Error(`${options.name} was not ready after ${within} s:\n${log()}`);
}

/** A server that a failed test never stopped must not keep this process from ending; the kernel ends the server then. */
function letGo(child: ChildProcess): void {
  child.unref();
  for (const stream of [child.stdout, child.stderr]) if (stream instanceof Socket) stream.unref();
}

async function stopGroup(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.pid === undefined) return;
  const patience = new AbortController();
  signalGroup(child.pid, 'SIGTERM');
  await Promise.race([ended, sleep(stopLimit, undefined, { signal: patience.signal }).catch(() => undefined)]);
  patience.abort();
  signalGroup(child.pid, 'SIGKILL');
  await ended;
}

async function killGroup(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.pid === undefined) return;
  child.ref();
  signalGroup(child.pid, 'SIGKILL');
  await ended;
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone already.
  }
}
