import { cp, glob, mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BuildPhase } from './run-build.ts';

export interface ArtifactRequest {
  /** Paths and patterns, of which `**` goes down into folders. */
  readonly files: readonly string[];
  readonly 'base-directory': string;
  readonly source: string;
  /** Folder that the artifact is put in. */
  readonly to: string;
}

export interface CollectedArtifact {
  readonly phase: Omit<BuildPhase, 'type'>;
  readonly folder: string | undefined;
}

/** Copies the files of an output artifact; the phase fails where there is none of them. */
export async function collectArtifacts({
  files,
  source,
  to,
  'base-directory': base,
}: ArtifactRequest): Promise<CollectedArtifact> {
  const root = join(source, base);
  const found = new Set<string>();
  for (const pattern of files) for await (const path of glob(pattern, { cwd: root })) found.add(path);
  if (found.size === 0) {
    const context = `CLIENT_ERROR: no matching artifact paths found: ${files.join(', ')}`;
    return { phase: { status: 'FAILED', context }, folder: undefined };
  }
  for (const path of found) {
    if (!(await stat(join(root, path))).isFile()) continue;
    await mkdir(dirname(join(to, path)), { recursive: true });
    await cp(join(root, path), join(to, path));
  }
  return { phase: { status: 'SUCCEEDED' }, folder: to };
}
