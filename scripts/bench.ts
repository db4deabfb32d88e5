import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { ensureTools } from '@eks-gitops/testbed';
import { bundler } from './bench/action-step.ts';
import { bumpEntry } from './bench/bump.ts';
import { cloneEntry } from './bench/clone.ts';
import { bytesEntry, requestsEntry } from './bench/cost.ts';
import type { Entry } from './bench/entry.ts';
import { imageScanEntry } from './bench/image-scan.ts';
import { markersEntry } from './bench/markers.ts';
import { readyReactionEntry, rolloutReactionEntry } from './bench/reaction.ts';
import { type EntryResult, runEntry } from './bench/run.ts';
import { formatResult } from './bench/table.ts';
import { withSourceEntry } from './bench/with-source.ts';
import { writersEntry } from './bench/writers.ts';
import { runScript, UsageError } from './run-script.ts';

const entries: readonly Entry[] = [
  ...[markersEntry, bumpEntry, cloneEntry, writersEntry],
  ...[withSourceEntry, imageScanEntry, rolloutReactionEntry, readyReactionEntry, requestsEntry, bytesEntry],
];

const help = `Usage: npm run bench -- [--json FILE] [ENTRY…]

Measures this project beside the tools that it stands in for, all entries if none is named, and brings those tools.
The contestants of an entry take turns; an amount is the median of its rounds, with the quartiles, and a ratio is
that to the entry's first contestant in the same round. The results go to FILE, or else to standard output, as one
JSON object, and as a table to standard error. Exit code 1: a target was missed.

Entries: ${entries.map(({ name }) => name).join(' ')}`;

await runScript({ help }, async ({ args, signal, report }) => {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { json: { type: 'string' } } });
  const chosen = positionals.length === 0 ? entries : positionals.map(entryOf);
  await ensureTools({ names: [...new Set(chosen.flatMap(({ tools }) => tools))], report, signal });
  const mainOf = bundler();
  const results: EntryResult[] = [];
  for (const entry of chosen) {
    const result = await runEntry(entry, { signal, mainOf, report });
    report(`\n${formatResult(result)}\n`);
    results.push(result);
  }
  const text = `${JSON.stringify({ machine: describeMachine(), entries: results })}\n`;
  if (values.json === undefined) process.stdout.write(text);
  else await writeFile(values.json, text);
  return results.every(({ targets }) => targets.every(({ met }) => met)) ? 0 : 1;
});

function entryOf(text: string): Entry {
  const entry = entries.find(({ name }) => name === text);
  if (entry === undefined)
    throw new UsageError(`There is no entry "${text}". Entries: ${entries.map(({ name }) => name).join(' ')}`);
  return entry;
}

function describeMachine(): Readonly<Record<string, unknown>> {
  return {
    processors: availableParallelism(),
    model: cpus()[0]?.model,
    load: loadavg(),
    node: process.version,
    at: new Date().toISOString(),
  };
}
