// Exits 0 when node_modules holds what package-lock.json says. Plain JavaScript, for whatever Node the machine has.
import { readFileSync } from 'node:fs';

const read = file => JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')).packages;
const wanted = read('../package-lock.json');
const installed = read('../node_modules/.package-lock.json');

const differs = ([path, { version, link, optional, peer }]) =>
  path.startsWith('node_modules/') && !link && !optional && !peer && installed[path]?.version !== version;
process.exit(Object.entries(wanted).some(differs) ? 1 : 0);
