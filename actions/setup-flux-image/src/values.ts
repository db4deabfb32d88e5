import { posix } from 'node:path';
import { parseRepository } from '@eks-gitops/images';

/** A repository with its registry's host, kept as it was written. */
export interface ImageName {
  readonly name: string;
  readonly registry: string;
}

/** Throws REFERENCE_INVALID. */
export function parseImageName(given: string): ImageName {
  const { registry } = parseRepository(given.trim());
  return { name: given.trim(), registry };
}

/** Throws a sentence for what is no port number. */
export function parsePort(given: string): number {
  const port = Number(given.trim());
  if (!/^\d{1,5}$/.test(given.trim()) || port < 1 || port > 65_535) throw new Error(`"${given}" is no port number`);
  return port;
}

/** A folder from the root of the repository, `.` for the root itself. Throws a sentence for one that leads out of it. */
export function parseFolder(given: string): string {
  const path = posix.normalize(given.trim()).replace(/(?<=.)\/$/, '');
  if (path.startsWith('/') || path === '..' || path.startsWith('../')) throw new Error(`"${given}" leads out of the repository`);
  return path;
}

/** A YAML file from the root of the repository. Throws a sentence for anything else. */
export function parseManifestFile(given: string): string {
  const path = parseFolder(given);
  if (!/\.ya?ml$|(?:^|\/)Kustomization$/.test(path)) throw new Error(`"${given}" is not named as a YAML file`);
  return path;
}
