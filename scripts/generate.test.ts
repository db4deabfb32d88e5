import { spawnSync } from 'node:child_process';
import { appendFile, cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '..');
let copy: string;

/** A copy of what generating reads and writes; the packages stay those of the repository. */
beforeEach(async () => {
  copy = await mkdtemp(join(tmpdir(), 'generate-test-'));
  const paths = ['package.json', 'scripts/generate.ts', 'packages/cli', 'packages/errors/README.md', 'actions', 'README.md'];
  const filter = (path: string): boolean => !/\/(?:dist|node_modules)$/.test(path);
  for (const path of paths) await cp(join(root, path), join(copy, path), { recursive: true, filter });
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
});

function generate(...args: string[]) {
  const { status, stderr } = spawnSync(process.execPath, [join(copy, 'scripts', 'generate.ts'), ...args], { encoding: 'utf8' });
  return { status, problems: stderr.split('\n').filter(line => /^(?:actions\/|packages\/|README\.md)/.test(line)) };
}

test('what was just generated passes the check', () => {
  expect(generate()).toEqual({ status: 0, problems: [] });
  expect(generate('--check')).toEqual({ status: 0, problems: [] });
});

test('the check fails and names every file that is out of date, without touching it', async () => {
  generate();
  const yml = join(copy, 'actions', 'push-manifest-index', 'action.yml');
  const overview = join(copy, 'README.md');
  const readme = join(copy, 'packages', 'errors', 'README.md');
  await appendFile(yml, '# by hand\n');
  await writeFile(readme, (await readFile(readme, 'utf8')).replace('TIMED_OUT', 'TIMED_IN'));
  await writeFile(overview, (await readFile(overview, 'utf8')).replace(/^\| \[`push-manifest-index`.*\n/m, ''));
  expect(generate('--check')).toEqual({
    status: 1,
    problems: [
      'actions/push-manifest-index/action.yml: out of date',
      'README.md: out of date',
      'packages/errors/README.md: out of date',
    ],
  });
  expect(await readFile(yml, 'utf8')).toMatch(/# by hand\n$/);
});

test('the check fails when an action.yml or the markers of a README are missing', async () => {
  generate();
  const [action = ''] = await readdir(join(copy, 'actions'));
  await rm(join(copy, 'actions', action, 'action.yml'));
  await writeFile(join(copy, 'actions', action, 'README.md'), 'no markers');
  const { status, problems } = generate('--check');
  expect(status).toBe(1);
  expect(problems).toHaveLength(2);
});
