import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ActionError } from '@eks-gitops/errors';
import { type Environment, runGit } from '../git.ts';
import { hideSecrets } from './remote.ts';
import { baseSettings, cloneEnvironment, type GitSettings, settingVariables } from './settings.ts';

export interface GitOutput {
  readonly exitCode: number;
  readonly stdout: string;
  /** Without anything that may be a password. */
  readonly stderr: string;
}

export interface GitOptions {
  readonly signal: AbortSignal;
  /** Where it runs; default the private folder. */
  readonly folder?: string;
  /** Its standard input. */
  readonly input?: string | Uint8Array;
  /** Signs in: what talks to the server. Default false. */
  readonly online?: boolean;
}

/** Runs git for a private clone. Rejects with TOOL_MISSING, and leaves exit codes to the caller. */
export type Git = (args: readonly string[], options: GitOptions) => Promise<GitOutput>;

export interface GitAccess {
  /** Private folder, 0700. */
  readonly folder: string;
  readonly env: Environment;
  /** Asked before every command that goes online, since what it gives may age. */
  readonly access: () => Promise<GitSettings>;
}

/** Git with the settings of private clones, signed in where it goes online. */
export function openGit({ folder, env, access }: GitAccess): Git {
  const inherited = cloneEnvironment(env);
  let inputs = 0;
  return async (args, { signal, input, online = false, folder: where = folder }) => {
    const { config, env: own } = online ? await access() : { config: [], env: {} };
    const file = input === undefined ? undefined : join(folder, `input-${++inputs}`);
    if (file !== undefined && input !== undefined) await writeFile(file, input, { mode: 0o600 });
    try {
      const variables = settingVariables([...baseSettings, ...config], env);
      const answer = await runGit({
        folder: where,
        args,
        env: inherited,
        own: { GIT_LFS_SKIP_SMUDGE: '1', ...own, ...variables },
        ...(file === undefined ? {} : { input: file }),
        signal,
      });
      if (answer.missing) throw gitMissing();
      return { ...answer, stderr: hideSecrets(answer.stderr).trim() };
    } finally {
      if (file !== undefined) await rm(file, { force: true });
    }
  };
}

/** The output of a command that cannot fail but by a fault of the machine or a broken repository. Throws GIT_FAILED. */
export function succeeded(output: GitOutput, what: string): string {
  if (output.exitCode === 0) return output.stdout;
  throw new ActionError({
    code: 'GIT_FAILED',
    message: `git could not ${what}.`,
    found: `exit code ${output.exitCode}`,
    detail: output.stderr,
  });
}

function gitMissing(): ActionError {
  return new ActionError({
    code: 'TOOL_MISSING',
    message: 'git is needed to read and write a GitOps repository.',
    expected: 'git 2.31 or newer on PATH',
    found: 'none',
    remedy: 'Install git, or use a runner image that has it.',
  });
}
