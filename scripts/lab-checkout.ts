import { cp, mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ActionError } from '@eks-gitops/errors';
import { execa } from 'execa';
import type { LabPlan } from './lab-plan.ts';
import { UsageError } from './run-script.ts';

const shop = fileURLToPath(new URL('../workflows-examples/shop', import.meta.url));
/** The user's own git settings (signing, hooks) have no say in the lab's repository. */
const ownSettings = { GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
const identity = ['-c', 'user.name=eks-gitops lab', '-c', 'user.email=lab@localhost'];

interface Target {
  readonly checkout: string;
  readonly record: string;
}

/** Copies the sample shop into a new git repository and commits it. */
export async function checkOutShop({ checkout, record }: Target): Promise<LabPlan> {
  await mkdir(checkout);
  await cp(shop, checkout, { recursive: true });
  await execa('git', ['init', '--quiet', '--initial-branch=main'], { cwd: checkout, env: ownSettings });
  await commitAll(checkout, 'Open the shop');
  return { checkout, context: 'src/ui', buildContexts: [], record, app: 'shop' };
}

/** Commits everything in a checkout. */
export async function commitAll(checkout: string, message: string): Promise<void> {
  const git = (...args: string[]) => execa('git', [...identity, ...args], { cwd: checkout, env: ownSettings });
  await git('add', '.');
  await git('commit', '--quiet', `--message=${message}`);
}

export interface SourceOptions extends Target {
  readonly source: string;
  readonly context: string;
  readonly buildContexts: readonly string[];
  readonly signal: AbortSignal;
}

/** Clones the HEAD of a repository, a URL or a folder. Rejects with GIT_FAILED. */
export async function checkOutSource(options: SourceOptions): Promise<LabPlan> {
  const { source, context, checkout, record, signal } = options;
  const buildContexts = options.buildContexts.map(resolveBuildContext);
  const clone = ['clone', '--quiet', '--depth=1', '--no-local', '--', source, checkout];
  await execa('git', clone, { cancelSignal: signal, env: { GIT_TERMINAL_PROMPT: '0' } }).catch(error => {
    signal.throwIfAborted();
    throw new ActionError({
      code: 'GIT_FAILED',
      message: `${source} could not be cloned.`,
      detail: String(error.stderr),
      cause: error,
    });
  });
  return { checkout, context, buildContexts, record, app: 'own' };
}

/** A folder is meant from where the lab was called. */
function resolveBuildContext(text: string): string {
  const at = text.indexOf('=');
  const [name, value] = [text.slice(0, at), text.slice(at + 1)];
  if (at < 1 || value === '') throw new UsageError(`--build-context ${text}: expected NAME=VALUE.`);
  const [, scheme, path] = /^(oci-layout:\/\/)(.*)$/.exec(value) ?? [];
  if (scheme !== undefined && path !== undefined) return `${name}=${scheme}${resolve(path)}`;
  return `${name}=${/^[a-z-]+:\/\//.test(value) ? value : resolve(value)}`;
}
