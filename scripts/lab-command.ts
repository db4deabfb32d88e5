import { mkdir, symlink } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ActionError, type ErrorCode, errorCodes } from '@eks-gitops/errors';
import { type Ecr, requireTool } from '@eks-gitops/testbed';
import { execa } from 'execa';
import { z } from 'zod';

const command = fileURLToPath(new URL('../node_modules/.bin/eks-gitops', import.meta.url));

/** An environment of its own: no CI's variables, and none of the user's AWS settings. */
export async function commandEnv(ecr: Ecr): Promise<Record<string, string>> {
  const { PATH = '', TMPDIR = '/tmp', NODE_EXTRA_CA_CERTS = '', SSL_CERT_FILE = '' } = process.env;
  const HOME = join(TMPDIR, 'home');
  const programs = join(TMPDIR, 'programs');
  await Promise.all([HOME, programs].map(folder => mkdir(folder, { recursive: true })));
  // As a plugin of docker's it has another name.
  await symlink(await requireTool('buildx'), join(programs, 'buildx'));
  const path = [programs, dirname(process.execPath), PATH].join(delimiter);
  return { PATH: path, HOME, TMPDIR, NODE_EXTRA_CA_CERTS, SSL_CERT_FILE, ...ecr.env };
}

export interface CommandRun {
  readonly label: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly report: (line: string) => void;
  readonly signal: AbortSignal;
}

const succeeded = z.object({ outputs: z.record(z.string(), z.string()) });
const failed = z.object({ error: z.object({ code: z.enum(Object.keys(errorCodes) as [ErrorCode]), message: z.string() }) });

/** Runs `eks-gitops … --json`, passing its messages on. */
export async function runCommand({ label, args, cwd, env, report, signal }: CommandRun): Promise<Record<string, string>> {
  report(`${label}: eks-gitops ${args.join(' ')}`);
  const options = { cwd, env, extendEnv: false, stdin: 'ignore', reject: false, cancelSignal: signal } as const;
  const child = execa(command, [...args, '--json'], options);
  createInterface(child.stderr).on('line', line => report(`${label}: ${line}`));
  const { stdout, exitCode } = await child;
  signal.throwIfAborted();
  if (exitCode === 0) return succeeded.parse(JSON.parse(stdout)).outputs;
  const { code, message } = failed.parse(JSON.parse(stdout)).error;
  const remedy =
    'If it lacks a base image: no image can be pulled here, so name each by --build-context NAME=oci-layout://FOLDER:TAG';
  throw new ActionError({
    code,
    message: `eks-gitops ${args[0]} failed for ${label}: ${message}`,
    remedy: code === 'BUILD_FAILED' ? remedy : undefined,
  });
}
