import { createHash } from 'node:crypto';
import type { FileChange } from '../edit.ts';

/** The git object id of a file's bytes, by the hash that `commit`'s own id is of: SHA-1, or SHA-256 with 64 digits. */
export function blobId(content: Uint8Array, commit: string): string {
  const hash = createHash(commit.length === 64 ? 'sha256' : 'sha1');
  return hash.update(`blob ${content.length}\0`).update(content).digest('hex');
}

/** GraphQL's `file(path:)` of a commit for every change, under the names f0, f1…, with their variables p0, p1…. */
export function fileFields(changes: readonly FileChange[]): {
  readonly declarations: string;
  readonly fields: string;
  readonly variables: Readonly<Record<string, string>>;
} {
  return {
    declarations: changes.map((_, index) => `, $p${index}: String!`).join(''),
    fields: changes.map((_, index) => `f${index}: file(path: $p${index}) { oid }`).join(' '),
    variables: Object.fromEntries(changes.map(({ path }, index) => [`p${index}`, path])),
  };
}

/** Whether a commit that was asked for {@link fileFields} holds just these files' bytes. */
export function holdsFiles(
  commit: Readonly<Record<string, unknown>> & { readonly oid: string },
  changes: readonly FileChange[],
): boolean {
  return changes.every(({ content }, index) => {
    const file = commit[`f${index}`];
    return typeof file === 'object' && file !== null && 'oid' in file && file.oid === blobId(content, commit.oid);
  });
}
