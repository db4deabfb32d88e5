// Bundles every action, or those that are named, into its dist/main.js, which is both its main and its post step.
import { readdir } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { bundle } from './bundle.ts';

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
for (const name of names) {
  const started = performance.now();
  const folder = join(out, name, 'dist');
  const bytes = await bundle({ entry: join(root, 'actions', name, 'src', 'main.ts'), folder, file: 'main.js' });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${relative(root, join(folder, 'main.js'))}: ${(bytes / 1024).toFixed(0)} KiB, ${seconds} s`);
}
