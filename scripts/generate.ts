// Writes what is made from the actions: each action.yml, the tables of the READMEs. With --check it only says what is out of date.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Action } from '@eks-gitops/action';
import { actionsTable, actionYml, errorsTable, inputsTable, outputsTable, replaceSection } from '@eks-gitops/action/render';
import { actionNames, loadAction } from '../packages/cli/src/actions.ts';

interface GeneratedFile {
  /** Relative to the repository. */
  readonly path: string;
  /** From the file as it is (empty when it is not there) to the file as it should be; nothing when a marker is missing. */
  readonly make: (now: string) => string | undefined;
}

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const root = join(import.meta.dirname, '..');
const actions = await readActions();
const wrong = await Promise.all(filesOf(actions).map(file => bring(file, { check: values.check })));
const problems = wrong.flat();
for (const problem of problems) console.error(problem);
if (problems.length > 0 && values.check) console.error('Run `npm run generate` and commit the result.');
process.exitCode = problems.length === 0 ? 0 : 1;

/** In the order of the chain, as the command lists them. */
async function readActions(): Promise<readonly Action[]> {
  const folders = (await readdir(join(root, 'actions'))).sort();
  const listed = [...actionNames].sort();
  if (folders.join() !== listed.join()) {
    throw new Error(`actions/ holds ${folders.join(', ')}; packages/cli/src/actions.ts lists ${listed.join(', ')}`);
  }
  return Promise.all(
    actionNames.map(async name => {
      const action = await loadAction(name);
      if (action?.name !== name) throw new Error(`actions/${name}/src/action.ts exports no action of that name`);
      return action;
    }),
  );
}

function filesOf(all: readonly Action[]): readonly GeneratedFile[] {
  return [
    ...all.flatMap(filesOfAction),
    sections('README.md', { actions: actionsTable(all) }),
    sections('packages/errors/README.md', { errors: errorsTable() }),
  ];
}

function filesOfAction(action: Action): readonly GeneratedFile[] {
  const folder = `actions/${action.name}`;
  return [
    { path: `${folder}/action.yml`, make: () => actionYml(action) },
    sections(`${folder}/README.md`, { inputs: inputsTable(action), outputs: outputsTable(action) }),
  ];
}

function sections(path: string, contents: Readonly<Record<string, string>>): GeneratedFile {
  const fill = (text: string | undefined, [name, content]: readonly [string, string]): string | undefined =>
    text === undefined ? undefined : replaceSection(text, { name, content });
  return { path, make: now => Object.entries(contents).reduce(fill, now) };
}

async function bring({ path, make }: GeneratedFile, { check }: { check: boolean }): Promise<string[]> {
  const file = join(root, path);
  const now = await readFile(file, 'utf8').catch(() => '');
  const wanted = make(now);
  if (wanted === undefined) return [`${path}: a pair of markers such as <!-- inputs --> and <!-- /inputs --> is missing`];
  if (wanted === now) return [];
  if (check) return [`${path}: out of date`];
  await writeFile(file, wanted);
  console.log(`${path}: written`);
  return [];
}
