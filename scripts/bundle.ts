import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '..');
const ncc = fileURLToPath(import.meta.resolve('@vercel/ncc/dist/ncc/cli.js'));

/**
 * Bundles an entry point, with all that it imports and their licences, into `index.js` of a folder, which is emptied first. Types are
 * checked by `tsc` for all sources at once, so ncc only strips them; the tsconfig.json beside the sources is there for it, since one file
 * alone does not tell it that `nodenext` means ESM here. Without its cache every build begins alike.
 */
export async function bundle({ entry, folder }: { readonly entry: string; readonly folder: string }): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  const args = ['build', entry, '--out', folder, '--minify', '--transpile-only', '--no-cache', '--license', 'licenses.txt'];
  await promisify(execFile)(process.execPath, [ncc, ...args, '--quiet'], { cwd: root });
}
