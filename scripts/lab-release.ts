import { mkdir, symlink } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ActionError, type ErrorCode, errorCodes } from '@eks-gitops/errors';
import { type Ecr, requireTool } from '@eks-gitops/testbed';
import { execa } from 'execa';
import { z } from 'zod';
import type { LabPlan } from './lab-plan.ts';

export const platforms = ['linux/amd64', 'linux/arm64'] as const;
const command = fileURLToPath(new URL('../node_modules/.bin/eks-gitops', import.meta.url));

export interface Release {
  readonly image: string;
  readonly builds: readonly { readonly platform: string; readonly digest: string; readonly seconds: number }[];
  readonly index: { readonly digest: string; readonly tag: string; readonly tags: readonly string[]; readonly image: string };
}

export interface ReleaseOptions {
  readonly plan: LabPlan;
  readonly ecr: Ecr;
  /** Address of BuildKit. */
  readonly builder: string;
  readonly report: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Releases a commit as a CI would, with the command: a build for each platform, side by side, then the index. */
export async function release({ plan, ecr, builder, report, signal }: ReleaseOptions): Promise<Release> {
  const image = `${ecr.host}/shop/ui`;
  const common = [`--image=${image}`, `--context=${plan.context}`, `--record=${plan.record}`];
  const env = await commandEnv(ecr);
  const run = (label: string, args: readonly string[]) => runCommand({ label, args, cwd: plan.checkout, env, report, signal });

  const builds = await Promise.all(
    platforms.map(async platform => {
      const began = Date.now();
      const contexts = plan.buildContexts.map(context => `--build-contexts=${context}`);
      const args = ['build-arch-image', ...common, `--platform=${platform}`, `--builder=${builder}`, ...contexts];
      const { digest = '' } = await run(platform, args);
      return { platform, digest, seconds: (Date.now() - began) / 1000 };
    }),
  );
  const { digest = '', tag = '', tags = '', image: name = '' } = await run('index', ['push-manifest-index', ...common]);
  return { image, builds, index: { digest, tag, tags: tags.split('\n'), image: name } };
}

/** An environment of its own: no CI's variables, and none of the user's AWS settings. */
async function commandEnv(ecr: Ecr): Promise<Record<string, string>> {
  const { PATH = '', TMPDIR = '/tmp', NODE_EXTRA_CA_CERTS = '', SSL_CERT_FILE = '' } = process.env;
  const HOME = join(TMPDIR, 'home');
  const programs = join(TMPDIR, 'programs');
  await Promise.all([HOME, programs].map(folder => mkdir(folder, { recursive: true })));
  // As a plugin of docker's it has another name.
  await symlink(await requireTool('buildx'), join(programs, 'buildx'));
  const path = [programs, dirname(process.execPath), PATH].join(delimiter);
  return { PATH: path, HOME, TMPDIR, NODE_EXTRA_CA_CERTS, SSL_CERT_FILE, ...ecr.env };
}

interface CommandRun {
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
async function runCommand({ label, args, cwd, env, report, signal }: CommandRun): Promise<Record<string, string>> {
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
