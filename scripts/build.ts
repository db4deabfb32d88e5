// Bundles every action, or those that are named, into its dist/main.js, which is both its main and its post step.
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import ncc from '@vercel/ncc';

const root = dirname(import.meta.dirname);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  /** Another folder than actions/, to hold NAME/dist. */
  options: { out: { type: 'string', default: join(root, 'actions') } },
});
const out = resolve(values.out);
const names = positionals.length > 0 ? positionals : (await readdir(join(root, 'actions'))).sort();
process.chdir(root);
// One after the other in one process: ncc takes twice as long for its first bundle as for those after it.
for (const name of names) await bundle(name);

/**
 * Types are checked by `tsc` for all sources at once, so ncc only strips them; the tsconfig.json of each action is there for it, since
 * one file alone does not tell it that `nodenext` means ESM here. Without its cache every build begins alike.
 */
async function bundle(name: string): Promise<void> {
  const started = performance.now();
  const { code, assets } = await ncc(join(root, 'actions', name, 'src', 'main.ts'), {
    minify: true,
    transpileOnly: true,
    cache: false,
    license: 'licenses.txt',
    esm: true,
    quiet: true,
  });
  const dist = join(out, name, 'dist');
  await rm(dist, { recursive: true, force: true });
  for (const [file, { source }] of Object.entries({ ...assets, 'main.js': { source: code } })) {
    await mkdir(dirname(join(dist, file)), { recursive: true });
    await writeFile(join(dist, file), source);
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const size = (Buffer.byteLength(code) / 1024).toFixed(0);
  console.log(`${relative(root, join(dist, 'main.js'))}: ${size} KiB, ${seconds} s`);
}
