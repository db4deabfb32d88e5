import { readFile } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';

/** A file of a package, whether or not the package exports it: importing these would load hundreds of megabytes, or more than a file. */
export function readPublished(name: '@octokit/openapi' | '@octokit/graphql-schema', file: string): Promise<string> {
  const manifest = findPackageJSON(name, import.meta.url);
  if (manifest === undefined) throw new Error(`${name} is not installed`);
  return readFile(join(dirname(manifest), file), 'utf8');
}
