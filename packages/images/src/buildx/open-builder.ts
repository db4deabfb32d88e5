import { randomBytes } from 'node:crypto';
import { mkdir, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Platform } from '../platform.ts';
import {
  type BuilderChoice,
  type BuilderState,
  type BuilderToMake,
  builderUnavailable,
  createArguments,
  parseInspection,
} from './builder-choice.ts';
import { type BuildxCall, runBuildx } from './run-buildx.ts';

/** A command that undoes something, run without a shell. */
export interface Undo {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What the command says when there is nothing to undo. */
  readonly absent: string;
}

export interface BuilderNeed extends Omit<BuildxCall, 'args' | 'onLine'> {
  readonly choice: BuilderChoice;
  readonly platform: Platform;
  /** A build that pushes by digest, with attestations, asks more than docker's own builder can. */
  readonly destination: 'push' | 'discard';
  readonly buildkitImage: string | undefined;
  /** A private folder for the state of a builder that is made. */
  readonly privateFolder: string;
  /** Told how to remove what is about to be made. */
  readonly undoLater: (undo: Undo) => Promise<void>;
}

export interface OpenBuilder {
  /** Undefined for the current one. */
  readonly name: string | undefined;
  readonly env: BuildxCall['env'];
  readonly state: BuilderState;
  readonly made: BuilderToMake['kind'] | undefined;
}

/** Finds the builder that is asked for, or makes it, and sees that it answers. Throws BUILDER_UNAVAILABLE. */
export async function openBuilder(need: BuilderNeed): Promise<OpenBuilder> {
  const { choice, destination } = need;
  if (choice.kind === 'remote' || choice.kind === 'kubernetes') return makeBuilder(choice, need);
  const name = choice.kind === 'named' ? choice.name : undefined;
  const state = await inspect(name, need);
  if (state.driver === 'docker' && destination === 'push') return makeBuilder({ kind: 'container' }, need);
  return { name, env: need.env, state, made: undefined };
}

async function makeBuilder(make: BuilderToMake, need: BuilderNeed): Promise<OpenBuilder> {
  const { tool, platform, buildkitImage: image } = need;
  const name = `eks-gitops-${randomBytes(6).toString('hex')}`;
  const privately = await privateState(need);
  const env = { ...need.env, ...privately };
  const undo = {
    program: tool.program,
    args: [...tool.prefix, 'rm', '--force', name],
    env: privately,
    absent: `no builder "${name}" found`,
  };
  if (make.kind !== 'remote') await need.undoLater(undo);
  const made = await runBuildx({ ...need, env, args: createArguments({ name, make, platform, image }) });
  if (made.exitCode !== 0) throw builderUnavailable(need.choice, made.stderr);
  return { name, env, state: await inspect(name, { ...need, env }), made: make.kind };
}

/** A state folder of buildx's own for builders that are made, with the user's defaults for BuildKit. A remote one ends with the folder. */
async function privateState({ privateFolder, env }: BuilderNeed): Promise<{ readonly BUILDX_CONFIG: string }> {
  const state = join(privateFolder, 'buildx-state');
  await mkdir(state, { recursive: true, mode: 0o700 });
  const users = env['BUILDX_CONFIG'] || join(env['DOCKER_CONFIG'] || join(env['HOME'] ?? '', '.docker'), 'buildx');
  const defaults = 'buildkitd.default.toml';
  await symlink(resolve(users, defaults), join(state, defaults)).catch(() => undefined);
  return { BUILDX_CONFIG: state };
}

async function inspect(
  name: string | undefined,
  call: Omit<BuildxCall, 'args'> & Pick<BuilderNeed, 'choice'>,
): Promise<BuilderState> {
  const which = name === undefined ? [] : ['--', name];
  const seen = await runBuildx({ ...call, args: ['inspect', '--bootstrap', ...which] });
  const state = parseInspection(seen.stdout);
  if (seen.exitCode === 0 && state.error === undefined) return state;
  throw builderUnavailable(call.choice, state.error ?? seen.stderr);
}
