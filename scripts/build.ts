// Bundles every action into its dist/main.js, which is both its main and its post step.
import { readdir, rename, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { bundle } from './bundle.ts';

/** A bundle takes a core for some ten seconds, and 0.5 GiB. */
const atOnce = 2;

const root = join(import.meta.dirname, '..');
const { positionals } = parseArgs({ allowPositionals: true });
const names = positionals.length > 0 ? positionals : (await readdir(join(root, 'actions'))).sort();

const waiting = [...names];
await Promise.all(Array.from({ length: atOnce }, work));

async function work(): Promise<void> {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) await bundleAction(name);
}

async function bundleAction(name: string): Promise<void> {
  const folder = join(root, 'actions', name);
  const dist = join(folder, 'dist');
  const started = performance.now();
  await bundle({ entry: join(folder, 'src', 'main.ts'), folder: dist });
  const bundled = join(dist, 'main.js');
  await rename(join(dist, 'index.js'), bundled);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${relative(root, bundled)}: ${((await stat(bundled)).size / 1024).toFixed(0)} KiB, ${seconds} s`);
}
