// Bundles every action into its dist/main.js, which is both its main and its post step.
import { execFile } from 'node:child_process';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';

/** A bundle takes a core for some ten seconds, and 0.5 GiB. */
const atOnce = 2;

const root = join(import.meta.dirname, '..');
const ncc = fileURLToPath(import.meta.resolve('@vercel/ncc/dist/ncc/cli.js'));
const { positionals } = parseArgs({ allowPositionals: true });
const names = positionals.length > 0 ? positionals : (await readdir(join(root, 'actions'))).sort();

const waiting = [...names];
await Promise.all(Array.from({ length: atOnce }, work));

async function work(): Promise<void> {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) await bundle(name);
}

/**
 * Types are checked by `tsc` for all sources at once, so ncc only strips them; the tsconfig.json of each action is there for it, since
 * one file alone does not tell it that `nodenext` means ESM here. Without its cache every build begins alike.
 */
async function bundle(name: string): Promise<void> {
  const folder = join(root, 'actions', name);
  const dist = join(folder, 'dist');
  const started = performance.now();
  await rm(dist, { recursive: true, force: true });
  const args = [
    'build',
    join(folder, 'src', 'main.ts'),
    '--out',
    dist,
    '--minify',
    '--transpile-only',
    '--no-cache',
    '--license',
    'licenses.txt',
  ];
  await promisify(execFile)(process.execPath, [ncc, ...args, '--quiet'], { cwd: root });
  const bundled = join(dist, 'main.js');
  await rename(join(dist, 'index.js'), bundled);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${relative(root, bundled)}: ${((await stat(bundled)).size / 1024).toFixed(0)} KiB, ${seconds} s`);
}
