import { ActionError } from '@eks-gitops/errors';

/** An image repository: `registry` is host[:port], `path` the name below it; never a tag or digest. */
export interface Repository {
  readonly registry: string;
  readonly path: string;
}

export type Digest = `sha256:${string}`;

/** One image in a repository, by tag or by digest. */
export type Reference = Repository & ({ readonly tag: string } | { readonly digest: Digest });

const dockerHub = 'docker.io';
const host = /^(?:localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)+|\[[0-9a-f:]+\]|[a-z0-9-]+(?=:\d))(?::\d{1,5})?$/i;
const component = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const tagForm = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const digestForm = /^sha256:[0-9a-f]{64}$/;

export function isDigest(text: string): text is Digest {
  return digestForm.test(text);
}

export function isTag(text: string): boolean {
  return tagForm.test(text);
}

/**
 * Reads an image repository such as `123456789012.dkr.ecr.us-west-2.amazonaws.com/shop/ui`, without tag or digest.
 * A first part without dot, port or `localhost` is a Docker Hub name, as for `docker`.
 * Throws REFERENCE_INVALID. Grammar: OCI distribution specification, "Pulling manifests".
 */
export function parseRepository(text: string): Repository {
  const { repository, suffix } = split(text);
  if (suffix !== '') {
    throw invalid(text, 'an image repository without tag or digest', `"${suffix}" at its end`);
  }
  return repository;
}

/** Reads `repository:tag` or `repository@sha256:…` (`repository:tag@sha256:…` keeps the digest). Throws REFERENCE_INVALID. */
export function parseReference(text: string): Reference {
  const { repository, suffix } = split(text);
  const at = suffix.indexOf('@');
  const digest = at < 0 ? undefined : suffix.slice(at + 1);
  const tag = at < 0 ? suffix.slice(1) : suffix.slice(1, at);
  if (digest !== undefined) {
    if (!isDigest(digest)) throw invalid(text, 'a digest of the form sha256:<64 hex digits>', digest);
    return { ...repository, digest };
  }
  if (!isTag(tag)) throw invalid(text, 'a tag or a digest after the repository', tag === '' ? 'neither' : `"${tag}"`);
  return { ...repository, tag };
}

/** The repository's name as docker writes it, Docker Hub's host included. */
export function formatRepository({ registry, path }: Repository): string {
  return `${registry}/${path}`;
}

export function formatReference(reference: Reference): string {
  const name = formatRepository(reference);
  return 'digest' in reference ? `${name}@${reference.digest}` : `${name}:${reference.tag}`;
}

function split(text: string): { repository: Repository; suffix: string } {
  const at = text.indexOf('@');
  const named = at < 0 ? text : text.slice(0, at);
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  const name = colon < 0 ? named : named.slice(0, colon);
  return { repository: parseName(name, text), suffix: text.slice(name.length) };
}

function parseName(name: string, text: string): Repository {
  const [first = '', ...rest] = name.split('/');
  const hasHost = rest.length > 0 && host.test(first);
  const registry = hasHost ? first.toLowerCase() : dockerHub;
  const parts = hasHost ? rest : [first, ...rest];
  const path = registry === dockerHub && parts.length === 1 ? `library/${parts[0]}` : parts.join('/');
  if (parts.some(part => !component.test(part)) || name.length > 255) {
    throw invalid(text, 'HOST/PATH in lower-case letters, digits, and . _ - between them', `"${name}"`);
  }
  return { registry, path };
}

function invalid(text: string, expected: string, found: string): ActionError {
  return new ActionError({ code: 'REFERENCE_INVALID', message: `"${text}" is not a valid image reference.`, expected, found });
}
