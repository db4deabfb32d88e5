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
 * Runs one reading git command, silently and without a shell. It takes no locks, runs no fsmonitor of the repository's, speaks English,
 * and on an abort is left to end by itself while the caller goes on (AbortError): it changes nothing.
 *
 * `safe.directory` is given for `trusted` alone, not as `*`: a repository that somebody else put above the folder could otherwise make
 * git run filters of its own.
 */
export async function readGit({ folder, args, trusted, env, signal }: GitCall): Promise<GitAnswer> {
  signal.throwIfAborted();
  const { getExecOutput } = await import('@actions/exec');
  const settings = ['core.fsmonitor=false', ...trusted.map(root => `safe.directory=${root}`)].flatMap(setting => ['-c', setting]);
  const run = getExecOutput('git', [...settings, ...args], {
    cwd: folder,
    env: gitEnvironment(env),
    silent: true,
    ignoreReturnCode: true,
  }).then(output => ({ missing: false as const, ...output }));
  return await unlessAborted(run.catch(missingGit), signal);
}

function gitEnvironment(env: Environment): Record<string, string> {
  const kept = Object.entries(env).flatMap(([name, value]) =>
    value === undefined || repositoryVariables.has(name) ? [] : [[name, value] as const],
  );
  return {
    ...Object.fromEntries(kept),
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
    LANGUAGE: '',
  };
}

function missingGit(thrown: unknown): GitAnswer {
  if (thrown instanceof Error && thrown.message.startsWith('Unable to locate executable file')) return { missing: true };
  throw new ActionError({
    code: 'GIT_FAILED',
    message: 'git could not be run.',
    found: thrown instanceof Error ? thrown.message : String(thrown),
    cause: thrown,
  });
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  return Promise.race([work, promise]).finally(() => signal.removeEventListener('abort', abort));
}
