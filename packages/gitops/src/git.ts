import { setTimeout as sleep } from 'node:timers/promises';
import { ActionError } from '@eks-gitops/errors';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface GitCall {
  /** Where git runs; must exist. */
  readonly folder: string;
  readonly args: readonly string[];
  /** Repositories whose root is one of these folders are read whoever owns them; git refuses the rest unless their owner runs it. */
  readonly trusted: readonly string[];
  readonly env: Environment;
  readonly signal: AbortSignal;
}

/** What git said; `missing` when there is no git on PATH. */
export type GitAnswer =
  | { readonly missing: true }
  | { readonly missing: false; readonly exitCode: number; readonly stdout: string; readonly stderr: string };

/** Variables that would make git look at another repository than the folder's (`git rev-parse --local-env-vars`). */
const repositoryVariables = new Set([
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_CONFIG',
  'GIT_CONFIG_PARAMETERS',
  'GIT_CONFIG_COUNT',
  'GIT_OBJECT_DIRECTORY',
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_IMPLICIT_WORK_TREE',
  'GIT_GRAFT_FILE',
  'GIT_INDEX_FILE',
  'GIT_NO_REPLACE_OBJECTS',
  'GIT_REPLACE_REF_BASE',
  'GIT_PREFIX',
  'GIT_SHALLOW_FILE',
  'GIT_COMMON_DIR',
  'GIT_NAMESPACE',
]);

/**
 * Runs one reading git command. It takes no locks and runs no fsmonitor of the repository's.
 *
 * `safe.directory` is given for `trusted` alone, not as `*`: a repository that somebody else put above the folder could otherwise make
 * git run filters of its own.
 */
export async function readGit({ folder, args, trusted, env, signal }: GitCall): Promise<GitAnswer> {
  const settings = ['core.fsmonitor=false', ...trusted.map(root => `safe.directory=${root}`)].flatMap(setting => ['-c', setting]);
  return await runGit({ folder, args: [...settings, ...args], env: { ...env, GIT_OPTIONAL_LOCKS: '0' }, signal });
}

export interface GitRun {
  /** Where git runs; must exist. */
  readonly folder: string;
  readonly args: readonly string[];
  readonly env: Environment;
  /** Variables that count although they lead git to another repository or configuration. */
  readonly own?: Readonly<Record<string, string>>;
  /** A file that git reads as its standard input; none by default. */
  readonly input?: string;
  readonly signal: AbortSignal;
}

/**
 * Puts git into a process group of its own, so that an abort can end it together with what it started (git-remote-https, ssh,
 * index-pack), and tells the group's number first: `@actions/exec` has neither a signal nor a handle on its child. util-linux and
 * busybox have `setsid`, macOS has perl; without both git alone can be ended.
 */
const starter = `exec <"$0"
echo "$$" >&2
if command -v setsid >/dev/null 2>&1; then exec setsid git "$@"; fi
if command -v perl >/dev/null 2>&1; then exec perl -e 'setpgrp; exec {$ARGV[0]} @ARGV' git "$@"; fi
exec git "$@"`;

/**
 * Runs git silently and without a prompt, in English; nothing user-given is part of the starter's text. On an abort git and what it
 * started are ended, SIGTERM and then SIGKILL after half a second, and the promise rejects with the signal's reason.
 */
export async function runGit({ folder, args, env, own = {}, input = '/dev/null', signal }: GitRun): Promise<GitAnswer> {
  signal.throwIfAborted();
  const { getExecOutput } = await import('@actions/exec');
  const { promise: started, resolve: tellStarted } = Promise.withResolvers<number | undefined>();
  let said = '';
  const run = getExecOutput('/bin/sh', ['-c', starter, input, ...args], {
    cwd: folder,
    env: { ...gitEnvironment(env), ...own },
    silent: true,
    ignoreReturnCode: true,
    delay: 1_000,
    listeners: {
      stderr: chunk => {
        if (said.includes('\n')) return;
        said += chunk.toString('latin1');
        const line = /^(\d+)\n/.exec(said)?.[1];
        if (line !== undefined) tellStarted(Number(line));
      },
    },
  }).finally(() => tellStarted(undefined));
  const abort = (): void => {
    started.then(group => (group === undefined ? undefined : endGroup(group, run)));
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    const { exitCode, stdout, stderr } = await run.catch(couldNotStart);
    signal.throwIfAborted();
    const words = stderr.slice(stderr.indexOf('\n') + 1);
    return isMissing(exitCode, words) ? { missing: true } : { missing: false, exitCode, stdout, stderr: words };
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

async function endGroup(group: number, run: Promise<unknown>): Promise<void> {
  signalGroup(group, 'SIGTERM');
  const ended = run.then(
    () => undefined,
    () => undefined,
  );
  await Promise.race([ended, sleep(500, undefined, { ref: false })]);
  signalGroup(group, 'SIGKILL');
}

function signalGroup(group: number, signal: NodeJS.Signals): void {
  for (const target of [-group, group]) {
    try {
      process.kill(target, signal);
      return;
    } catch {
      // No such group: it has ended, or there was no way to make one.
    }
  }
}

function gitEnvironment(env: Environment): Record<string, string> {
  const kept = Object.entries(env).flatMap(([name, value]) =>
    value === undefined || repositoryVariables.has(name) ? [] : [[name, value] as const],
  );
  return {
    ...Object.fromEntries(kept),
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
    LANGUAGE: '',
  };
}

function isMissing(exitCode: number, stderr: string): boolean {
  return [126, 127].includes(exitCode) && /git: (?:not found|command not found|No such file)|execute git/.test(stderr);
}

function couldNotStart(thrown: unknown): { exitCode: number; stdout: string; stderr: string } {
  if (thrown instanceof Error && thrown.message.startsWith('Unable to locate executable file')) {
    return { exitCode: 127, stdout: '', stderr: '0\ngit: not found' };
  }
  throw new ActionError({
    code: 'GIT_FAILED',
    message: 'git could not be run.',
    found: thrown instanceof Error ? thrown.message : String(thrown),
    cause: thrown,
  });
}
