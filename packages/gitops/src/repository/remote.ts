import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ActionError } from '@eks-gitops/errors';

/** Where a repository is, in a form that git takes as an argument: it holds no secret, cannot be an option, and runs no program. */
export type Remote =
  | {
      readonly kind: 'http';
      readonly url: string;
      /** `scheme://host[:port]`: what credentials are good for. */
      readonly origin: string;
      /** A user name and password that stood in the URL. */
      readonly login?: { readonly username: string; readonly password: string };
    }
  | { readonly kind: 'ssh'; readonly url: string; readonly host: string }
  | { readonly kind: 'file'; readonly url: string }
  | CodeCommitRemote;

/** `codecommit::region://profile@repository` and `codecommit://profile@repository`, as git-remote-codecommit has them. */
export interface CodeCommitRemote {
  readonly kind: 'codecommit';
  readonly repository: string;
  readonly region?: string;
  readonly profile?: string;
}

/**
 * Reads the URL of a repository: https, http, ssh, file, `user@host:path`, an absolute path, or git-remote-codecommit's forms.
 * Throws INPUT_INVALID for everything else, which git might take for an option or a program to run (gitremote-helpers(7), `ext::`).
 */
export function parseRemote(text: string): Remote {
  const codecommit = /^codecommit(?:::([a-z0-9-]+))?:\/\/(?:([^@/\s]+)@)?([\w.-]+)$/.exec(text);
  if (codecommit) {
    const [, region, profile, repository = ''] = codecommit;
    return { kind: 'codecommit', repository, ...(region ? { region } : {}), ...(profile ? { profile } : {}) };
  }
  if (/^https?:\/\//i.test(text)) return parseHttp(text);
  if (/^ssh:\/\//i.test(text)) return { kind: 'ssh', url: withoutPassword(text), host: hostOfUrl(text) };
  if (/^file:\/\//i.test(text)) return { kind: 'file', url: text };
  if (isAbsolute(text)) return { kind: 'file', url: pathToFileURL(text).href };
  const [, host] = /^(?:[\w.-]+@)?(\[[\da-f:]+\]|\w[\w.-]*):(?!:)(?!\/\/)[^\s].*$/i.exec(text) ?? [];
  if (host !== undefined && !text.startsWith('-')) return { kind: 'ssh', url: text, host };
  throw notARemote(text);
}

function parseHttp(text: string): Remote {
  const parsed = URL.parse(text);
  if (parsed === null || parsed.hostname === '') throw notARemote(text);
  const { origin, username, password } = parsed;
  const login = password === '' ? {} : { login: { username: decode(username), password: decode(password) } };
  // Only the user and password are taken out: git and servers get the rest exactly as it was written.
  return { kind: 'http', url: text.replace(/^(https?:\/\/)[^/?#]*@/i, '$1'), origin, ...login };
}

/** A user name alone stays, since an SSH server needs it. */
function withoutPassword(text: string): string {
  return text.replace(/^(ssh:\/\/[^/:@]*):[^/@]*@/i, '$1@');
}

function hostOfUrl(text: string): string {
  const parsed = URL.parse(text);
  if (parsed === null || parsed.hostname === '' || parsed.hostname.startsWith('-')) throw notARemote(text);
  return parsed.hostname;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function notARemote(text: string): ActionError {
  return new ActionError({
    code: 'INPUT_INVALID',
    message: `${hideSecrets(text)} is not the URL of a git repository.`,
    expected: 'https://host/path, ssh://user@host/path, user@host:path, file:///path or codecommit::region://repository',
    found: hideSecrets(text),
  });
}

/** Blanks the login in the URLs of a text, up to the last `@` where it has a password: somebody may have forgotten to encode that. */
export function hideSecrets(text: string): string {
  return text.replace(/(\w:\/\/)(?:[^/:@\s'"]*:[^\s'"]*@|[^/@\s'"]+@)/g, '$1***@');
}

const branchFaults = /^[-/.]|[\s~^:?*[\\\u007f]|\.\.|@\{|\/\/|\/\.|\.$|\/$|\.lock(?:\/|$)|^@$|^$/;

/** Refuses what git-check-ref-format(1) does not allow as a branch. Throws INPUT_INVALID. */
export function checkBranch(branch: string): void {
  const control = [...branch].some(letter => letter < ' ');
  if (!control && !branchFaults.test(branch)) return;
  throw new ActionError({
    code: 'INPUT_INVALID',
    message: `${JSON.stringify(branch)} is not the name of a branch.`,
    expected: 'a name without refs/heads/, for example main',
    found: JSON.stringify(branch),
  });
}
