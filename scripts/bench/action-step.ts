import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { ActionName, Preparing } from './entry.ts';

const root = join(import.meta.dirname, '..', '..');
/** Bundles actions as a release does, each when it is first asked for. */
export function bundler(): Preparing['mainOf'] {
  const built = new Map<ActionName, Promise<string>>();
  return action => {
    const building = built.get(action) ?? build(action);
    built.set(action, building);
    return building;
  };
}

async function build(action: ActionName): Promise<string> {
  await execa(process.execPath, [join(root, 'scripts', 'build.ts'), action], { stdin: 'ignore' });
  return join(root, 'actions', action, 'dist', 'main.js');
}

/** The sources of an action, which do the same and start slower. */
export async function sourceOf(action: ActionName): Promise<string> {
  return join(root, 'actions', action, 'src', 'main.ts');
}

export interface Step {
  /** What Node runs. */
  readonly main: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly kubeconfig: string;
  readonly signal: AbortSignal;
  /** A private folder, for the files of the step. */
  readonly folder: string;
}

/** Runs an action as the runner would a step, until its process has ended; rejects with what it said when it failed. */
export async function runStep({ main, inputs, kubeconfig, signal, folder }: Step): Promise<void> {
  const temporary = await mkdtemp(join(folder, 'step-'));
  const given = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
  const env = { PATH: process.env['PATH'], HOME: temporary, RUNNER_TEMP: temporary, KUBECONFIG: kubeconfig };
  const options = {
    env: { ...env, ...Object.fromEntries(given) },
    extendEnv: false,
    cancelSignal: signal,
    stdin: 'ignore',
  } as const;
  await execa(process.execPath, [main], { ...options, all: true });
  await rm(temporary, { recursive: true });
}

export interface Peer {
  readonly file: string;
  readonly args: readonly string[];
  readonly kubeconfig: string;
  readonly signal: AbortSignal;
}

/** Runs `flux` or `kubectl` until it has ended; rejects with what it said when it failed. */
export async function runPeer({ file, args, kubeconfig, signal }: Peer): Promise<void> {
  const env = { PATH: process.env['PATH'], HOME: '/nonexistent', KUBECONFIG: kubeconfig };
  await execa(file, args, { env, extendEnv: false, cancelSignal: signal, stdin: 'ignore', all: true });
}
