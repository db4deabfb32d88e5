import { ActionError } from '@eks-gitops/errors';
import type { Environment } from '../git.ts';
import type { GitCredentials } from './credentials.ts';
import { httpAccess } from './http-access.ts';
import type { Remote } from './remote.ts';
import type { GitSettings, Setting } from './settings.ts';
import { sshAccess } from './ssh-access.ts';

export interface AccessRequest {
  readonly remote: Remote;
  readonly credentials: GitCredentials;
  /** A checkout's own access settings; they count with existing credentials alone. */
  readonly checkoutSettings: readonly Setting[];
  readonly folder: string;
  readonly env: Environment;
}

export interface Access {
  /** The URL to give to git. */
  readonly url: string;
  /** Asked before every command. */
  readonly settings: () => Promise<GitSettings>;
}

/** Finds how to sign in to a remote. Throws INPUT_INVALID when the credentials are not of a kind that the URL can use. */
export async function openAccess(request: AccessRequest): Promise<Access> {
  const { remote, credentials, folder, env } = request;
  if (remote.kind === 'codecommit' || credentials.kind === 'codecommit') {
    const { openCodeCommit } = await import('./codecommit.ts');
    return openCodeCommit({ remote, env });
  }
  const { url } = remote;
  const fixed = (settings: GitSettings): Access => ({ url, settings: async () => settings });
  if (remote.kind === 'file') return fixed(existingAccess(request.checkoutSettings));
  if (remote.kind === 'ssh') {
    if (credentials.kind === 'token') throw unsuited('A token', 'an https:// URL', url);
    return fixed(credentials.kind === 'ssh' ? await sshAccess(credentials, folder) : existingAccess(request.checkoutSettings));
  }
  if (credentials.kind === 'ssh') throw unsuited('An SSH key', 'a URL like git@host:path or ssh://git@host/path', url);
  if (credentials.kind === 'token') {
    return fixed(httpAccess(remote, { username: credentials.username, password: credentials.token.trim() }));
  }
  return fixed(remote.login ? httpAccess(remote, remote.login) : existingAccess(request.checkoutSettings));
}

/** A persisted header would go along with a redirect to another host, so that redirects are not followed with one. */
function existingAccess(settings: readonly Setting[]): GitSettings {
  const header = settings.some(([name]) => /^http\..*extraheader$/i.test(name));
  return { config: [...settings, ['http.followRedirects', header ? 'false' : 'initial']], env: {} };
}

function unsuited(what: string, expected: string, url: string): ActionError {
  return new ActionError({
    code: 'INPUT_INVALID',
    message: `${what} cannot be used with ${url}.`,
    expected,
    found: url,
    remedy: `Give the repository as ${expected}, or other credentials.`,
  });
}
