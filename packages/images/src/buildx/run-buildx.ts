import type { ChildProcess } from 'node:child_process';

/** How buildx is started: as docker's plugin, or as a program of its own. */
export interface BuildxTool {
  readonly program: string;
  /** Comes before every argument. */
  readonly prefix: readonly string[];
}

export interface BuildxCall {
  readonly tool: BuildxTool;
  readonly args: readonly string[];
  /** The whole environment of the child. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where relative paths start from. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Told each line of standard error as it comes. */
  readonly onLine?: (line: string) => void;
}

export interface BuildxResult {
  /** Undefined when the program could not be started. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  /** Empty where `onLine` took the lines. */
  readonly stderr: string;
}

type Child = Pick<ChildProcess, 'pid' | 'kill'>;

const millisecondsToEnd = 400;

/**
 * Runs buildx in a process group of its own, the one place that does. On an abort the group is asked to end, which cancels the build in
 * BuildKit, and is killed when it has not after 0.4 s; then the signal's reason is thrown.
 */
export async function runBuildx({ tool, args, env, folder, signal, onLine }: BuildxCall): Promise<BuildxResult> {
  signal.throwIfAborted();
  const { execa } = await import('execa');
  const child = execa(tool.program, [...tool.prefix, ...args], {
    cwd: folder,
    env,
    extendEnv: false,
    stdin: 'ignore',
    detached: true,
    reject: false,
    maxBuffer: 16_000_000,
    buffer: { stderr: onLine === undefined },
  });
  const killing = new AbortController();
  const end = () => endGroup(child, killing.signal);
  signal.addEventListener('abort', end, { once: true });
  try {
    if (onLine !== undefined) for await (const line of child.iterable({ from: 'stderr' })) onLine(line);
    const { exitCode, stdout, stderr } = await child;
    signal.throwIfAborted();
    return { exitCode, stdout, stderr: stderr ?? '' };
  } finally {
    signal.removeEventListener('abort', end);
    killing.abort();
  }
}

function endGroup(child: Child, ended: AbortSignal): void {
  signalGroup(child, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), millisecondsToEnd);
  ended.addEventListener('abort', () => clearTimeout(timer), { once: true });
}

function signalGroup(child: Child, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, name);
  } catch {
    child.kill(name);
  }
}
