import { ActionError } from '@eks-gitops/errors';
import { tryJson } from '@eks-gitops/http';
import { z } from 'zod';
import type { Credentials } from '../credentials.ts';

const answer = z.object({ Username: z.string(), Secret: z.string() });

export interface HelperRequest {
  /** The part after `docker-credential-`. */
  readonly helper: string;
  readonly server: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/**
 * Asks a docker credential helper for a registry's credentials (docker-credential-helpers, "Development": `get` with the server on
 * standard input). One that has none gives anonymous. Throws CREDENTIAL_HELPER_FAILED.
 */
export async function askCredentialHelper({ helper, server, env, signal }: HelperRequest): Promise<Credentials> {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(helper)) throw failed({ helper, server }, 'the name is not that of a program');
  const { execa } = await import('execa');
  const result = await execa(`docker-credential-${helper}`, ['get'], {
    input: server,
    env,
    extendEnv: false,
    timeout: 30_000,
    cancelSignal: signal,
    forceKillAfterDelay: 500,
    reject: false,
  });
  signal.throwIfAborted();
  if (result.failed) {
    if (/credentials not found/i.test(result.stdout)) return { kind: 'anonymous' };
    const words = [result.stdout, result.stderr].filter(text => text !== '').join('\n');
    throw failed({ helper, server }, words === '' ? (result.shortMessage ?? 'it failed') : words);
  }
  const parsed = answer.safeParse(tryJson(result.stdout));
  if (!parsed.success) throw failed({ helper, server }, 'its answer is not the JSON object with Username and Secret');
  const { Username: username, Secret: secret } = parsed.data;
  if (username === '<token>') return { kind: 'identity-token', token: secret };
  return username === '' && secret === '' ? { kind: 'anonymous' } : { kind: 'basic', username, password: secret };
}

function failed({ helper, server }: { helper: string; server: string }, found: string): ActionError {
  return new ActionError({
    code: 'CREDENTIAL_HELPER_FAILED',
    message: `The credential helper docker-credential-${helper} gave no credentials for ${server}.`,
    found,
    likely: 'the docker config names a helper that is not installed here or cannot sign in',
    remedy: 'install or repair the helper, remove it from the docker config, or log in with username and password, or login: ecr',
  });
}
