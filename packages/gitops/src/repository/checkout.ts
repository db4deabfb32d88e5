import { resolve } from 'node:path';
import { ActionError } from '@eks-gitops/errors';
import { type Environment, type GitAnswer, readGit } from '../git.ts';
import type { Setting } from './settings.ts';

/** What a checkout says about its remote; it is only read. */
export interface Checkout {
  /** The remote's URL, as configured: it may hold a password. */
  readonly url: string;
  /** The branch that is checked out; absent with a detached HEAD. */
  readonly branch?: string;
  /** Its own settings that decide over access to the server. */
  readonly access: readonly Setting[];
}

export interface CheckoutQuestion {
  /** Absolute path of a folder in the work tree; read whoever owns it, since it was named. */
  readonly folder: string;
  readonly remote: string;
  readonly env: Environment;
  readonly signal: AbortSignal;
}

const accessNames = /^(?:http|credential|url)\.|^core\.sshcommand$/;

/**
 * Reads a checkout's remote, branch and the access settings of its own configuration, files that it includes among them
 * (actions/checkout 6 keeps its token in one). Settings of the user and the machine hold for a clone without our help.
 * Throws GIT_FAILED when the folder is no checkout or has no such remote.
 */
export async function readCheckout({ folder, remote, env, signal }: CheckoutQuestion): Promise<Checkout> {
  const ask = (...args: string[]): Promise<GitAnswer> => readGit({ folder, args, trusted: [folder], env, signal });
  const [root, head, config] = await Promise.all([
    ask('rev-parse', '--show-toplevel'),
    ask('symbolic-ref', '--quiet', '--short', 'HEAD'),
    ask('config', '--list', '--show-scope', '-z'),
  ]);
  if (root.missing || root.exitCode !== 0 || config.missing) throw noCheckout(folder, root);
  const own = ownSettings(config.stdout);
  const url = own.findLast(([name]) => name === `remote.${remote}.url`)?.[1];
  if (url === undefined) throw noRemote({ folder, remote, settings: own });
  const branch = head.missing || head.exitCode !== 0 ? '' : head.stdout.trim();
  return {
    url: /^\.\.?(?:\/|$)/.test(url) ? resolve(root.stdout.trim(), url) : url,
    access: own.filter(([name]) => accessNames.test(name)),
    ...(branch === '' ? {} : { branch }),
  };
}

/** Reads `git config --list --show-scope -z`: a scope, then a name and a value with a line break between; a name alone means true. */
export function ownSettings(listing: string): Setting[] {
  const fields = listing.split('\0');
  return fields.flatMap((scope, index): Setting[] => {
    const entry = fields[index + 1];
    if (index % 2 === 1 || entry === undefined || (scope !== 'local' && scope !== 'worktree')) return [];
    const end = entry.indexOf('\n');
    return [end < 0 ? [entry, 'true'] : [entry.slice(0, end), entry.slice(end + 1)]];
  });
}

function noCheckout(folder: string, answer: GitAnswer): ActionError {
  if (answer.missing) {
    return new ActionError({ code: 'TOOL_MISSING', message: 'git is needed to read a checkout.', found: 'no git on PATH' });
  }
  return new ActionError({
    code: 'GIT_FAILED',
    message: `${folder} is not a checkout of a git repository.`,
    detail: answer.stderr.trim(),
    remedy: 'Check the repository out first (actions/checkout), or give its URL.',
  });
}

interface NoRemote {
  readonly folder: string;
  readonly remote: string;
  readonly settings: readonly Setting[];
}

function noRemote({ folder, remote, settings }: NoRemote): ActionError {
  const names = settings.flatMap(([name]) => /^remote\.(.+)\.url$/.exec(name)?.[1] ?? []);
  return new ActionError({
    code: 'GIT_FAILED',
    message: `The checkout in ${folder} has no remote ${JSON.stringify(remote)} to push to.`,
    found: names.length === 0 ? 'no remote' : names.join(', '),
    remedy: 'Give the URL of the repository.',
  });
}
