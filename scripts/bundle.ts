import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import ncc from '@vercel/ncc';

export interface BundleRequest {
  readonly entry: string;
  /** Is emptied first. */
  readonly folder: string;
  /** Name of the bundle in the folder; what is loaded later, and the licences, stand beside it. */
  readonly file: string;
}

/** The AWS CDK's own check of templates, 9 MB of WebAssembly; cfn-lint holds the templates in our tests. */
const externals = ['@aws/cloudformation-validate'];

/**
 * Bundles an entry point with all that it imports, and gives the bundle's size in bytes. To be called from the root of the repository,
 * so that every machine makes the same bytes. Types are checked by `tsc` for all sources at once, so ncc only strips them; the
 * tsconfig.json beside the sources is there for it, since one file alone does not tell it that `nodenext` means ESM here. Without its
 * cache every build begins alike.
 */
export async function bundle({ entry, folder, file }: BundleRequest): Promise<number> {
  const options = { minify: true, transpileOnly: true, cache: false, license: 'licenses.txt', esm: true, quiet: true } as const;
  const { code, assets } = await ncc(entry, { ...options, externals });
  await rm(folder, { recursive: true, force: true });
  for (const [name, { source }] of Object.entries({ ...assets, [file]: { source: code } })) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), source);
  }
  return Buffer.byteLength(code);
}
