import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, chmod, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { endPrivateFolder, makePrivateFolder, sweepPrivateFolders } from './folder.ts';
import type { UndoWorld } from './undo.ts';

let parent: string;
let problems: string[];
let world: UndoWorld;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'folder-test-'));
  problems = [];
  world = { env: process.env, report: problem => problems.push(problem) };
});

/** Appends a word to a file, as an undo command. */
function note(word: string): { program: string; args: string[]; env: Record<string, string> } {
  const script = `require('node:fs').appendFileSync(process.env.NOTES, ${JSON.stringify(`${word}\n`)})`;
  return { program: process.execPath, args: ['-e', script], env: { NOTES: join(parent, 'notes') } };
}

const notes = (): Promise<string> => readFile(join(parent, 'notes'), 'utf8');

test('a private folder can be read by nobody else', async () => {
  const { path } = await makePrivateFolder(parent);
  expect((await stat(path)).mode & 0o777).toBe(0o700);
});

test('at the end everything is undone, last first, and the folder is gone', async () => {
  const folder = await makePrivateFolder(parent);
  await writeFile(join(folder.path, 'secret'), 'hunter2');
  await folder.undoLater(note('first'));
  await folder.undoLater(note('second'));
  await endPrivateFolder(folder.path, world);
  expect(await notes()).toBe('second\nfirst\n');
  expect(await readdir(parent)).toEqual(['notes']);
  expect(problems).toEqual([]);
});

test('a command that fails or does not exist is reported, and the others run all the same', async () => {
  const folder = await makePrivateFolder(parent);
  await folder.undoLater(note('first'));
  await folder.undoLater({
    program: process.execPath,
    args: ['-e', 'console.error("no such builder"); process.exit(3)'],
    env: {},
  });
  await folder.undoLater({ program: 'no-such-program', args: [], env: {} });
  await endPrivateFolder(folder.path, world);
  expect(await notes()).toBe('first\n');
  expect(problems[0]).toContain('no-such-program');
  expect(problems[1]).toMatch(/exit code 3.*no such builder/);
  expect(await readdir(parent)).toEqual(['notes']);
});

test('a command that finds nothing to undo has not failed', async () => {
  const folder = await makePrivateFolder(parent);
  const failing = { program: 'sh', args: ['-c', 'echo nothing is there >&2; exit 1'], env: {} };
  await folder.undoLater({ ...failing, absent: 'nothing is there' });
  await folder.undoLater({ ...failing, absent: 'nothing was there' });
  await endPrivateFolder(folder.path, world);
  expect(problems).toEqual([expect.stringContaining('exit code 1')]);
});

test('a command that does not end is killed with its children', async () => {
  const folder = await makePrivateFolder(parent);
  const pidFile = join(parent, 'pid');
  const script = `const c = require('node:child_process').spawn('sleep', ['600']); require('node:fs').writeFileSync(process.argv[1], String(c.pid)); setInterval(() => {}, 1000)`;
  await folder.undoLater({ program: process.execPath, args: ['-e', script, pidFile], env: {} });
  await endPrivateFolder(folder.path, { ...world, limit: 1000 });
  expect(problems[0]).toContain('ended by SIGKILL');
  expect(await isRunning(Number(await readFile(pidFile, 'utf8')))).toBe(false);
});

async function isRunning(pid: number): Promise<boolean> {
  const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return state !== '' && !/\) [ZX] /.test(state);
}

test('a journal line that a kill cut short is passed over', async () => {
  const folder = await makePrivateFolder(parent);
  await folder.undoLater(note('first'));
  await appendFile(join(folder.path, 'undo.jsonl'), '{"program":"rm","args":["-r');
  await endPrivateFolder(folder.path, world);
  expect(await notes()).toBe('first\n');
});

/** A process that makes a private folder with one undo command, and is really killed. Gives the folder. */
async function killedRun(): Promise<string> {
  const module = JSON.stringify(new URL('./folder.ts', import.meta.url).href);
  const script = `
    const { makePrivateFolder } = await import(${module});
    const folder = await makePrivateFolder(${JSON.stringify(parent)});
    await folder.undoLater(${JSON.stringify(note('undone'))});
    process.stdout.write(folder.path);
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [path] = await once(child.stdout.setEncoding('utf8'), 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  return path;
}

describe('the next run', () => {
  test('undoes and removes what a killed one left', async () => {
    const left = await killedRun();
    await writeFile(join(left, 'secret'), 'hunter2');
    expect(await sweepPrivateFolders(parent, world)).toEqual([left]);
    expect(await notes()).toBe('undone\n');
    expect(await readdir(parent)).toEqual(['notes']);
  });

  test('does so only once when several runs begin together', async () => {
    await killedRun();
    await Promise.all(Array.from({ length: 5 }, () => sweepPrivateFolders(parent, world)));
    expect(await notes()).toBe('undone\n');
  });

  test('leaves alone what a living process owns', async () => {
    const { path } = await makePrivateFolder(parent);
    expect(await sweepPrivateFolders(parent, world)).toEqual([]);
    expect(await stat(path)).toBeDefined();
  });

  test('does not trust a folder that others can write to', async () => {
    const left = await killedRun();
    await chmod(left, 0o770);
    expect(await sweepPrivateFolders(parent, world)).toEqual([]);
    expect(await readdir(parent)).not.toContain('notes');
  });

  test('has nothing to do where the folder of private folders does not exist', async () => {
    expect(await sweepPrivateFolders(join(parent, 'nowhere'), world)).toEqual([]);
  });
});
