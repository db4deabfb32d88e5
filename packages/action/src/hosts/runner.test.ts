import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';

let folder: string;
let temporary: string;
const files = ['GITHUB_OUTPUT', 'GITHUB_STATE', 'GITHUB_STEP_SUMMARY'] as const;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runner-test-'));
  temporary = await mkdtemp(join(tmpdir(), 'runner-test-'));
  for (const name of files) await writeFile(join(folder, name), '');
});

/** Runs the sample's step as the runner does: inputs and state in the environment, results in files. */
async function step(env: Readonly<Record<string, string>>, interrupt?: { after: string; by: NodeJS.Signals }) {
  const paths = Object.fromEntries(files.map(name => [name, join(folder, name)]));
  const child = spawn(process.execPath, [new URL('../../fixtures/step.ts', import.meta.url).pathname], {
    env: { PATH: process.env['PATH'], GITHUB_ACTIONS: 'true', RUNNER_TEMP: temporary, ...paths, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let log = '';
  for await (const text of child.stdout.setEncoding('utf8')) {
    log += text;
    if (interrupt !== undefined && text.includes(interrupt.after)) child.kill(interrupt.by);
  }
  const code = child.exitCode ?? child.signalCode ?? (await once(child, 'exit')).find(ending => ending !== null);
  return { code, log };
}

const content = (name: (typeof files)[number]): Promise<string> => readFile(join(folder, name), 'utf8');

async function outputs(): Promise<Record<string, string>> {
  const blocks = (await content('GITHUB_OUTPUT')).matchAll(/^(\S+)<<(\S+)\n(?:([\s\S]*?)\n)?\2$/gm);
  return Object.fromEntries([...blocks].map(([, name, , value = '']) => [name, value]));
}

test('a step that succeeds sets every output, empty ones too, and says so in the summary', async () => {
  const { code } = await step({ INPUT_IMAGE: 'shop/ui', INPUT_RECORD: 'none', 'INPUT_UNDO-MARKER': join(folder, 'undone') });
  expect(code).toBe(0);
  expect(await outputs()).toMatchObject({ image: 'shop/ui', platforms: 'linux/amd64\nlinux/arm64', empty: '' });
  expect(await content('GITHUB_STEP_SUMMARY')).toContain('<code>linux/amd64</code><br><code>linux/arm64</code>');
  expect(await readdir(temporary)).toEqual([]);
  expect(await readdir(folder)).toContain('undone');
});

describe('a step that fails', () => {
  test('tells the whole error, annotates it, and sets no output', async () => {
    const { code, log } = await step({ INPUT_IMAGE: 'a', INPUT_OUTCOME: 'fail', INPUT_PASSWORD: 'hunter2' });
    expect(code).toBe(1);
    expect(log).toContain('No luck with ***.\n  what to do: try again\n  code: BUILD_FAILED\n');
    expect(log).toContain('::error title=BUILD_FAILED::No luck with ***. What to do: try again\n');
    expect(await content('GITHUB_OUTPUT')).toBe('');
    expect(await content('GITHUB_STEP_SUMMARY')).toContain('No luck with ***.');
  });

  test('tells its own error also where the job summary cannot be written', async () => {
    const { log } = await step({ INPUT_IMAGE: 'a', INPUT_OUTCOME: 'fail', GITHUB_STEP_SUMMARY: '/proc/summary' });
    expect(log).toContain('::error title=BUILD_FAILED::');
    expect(log).toContain('::warning::The job summary could not be written');
  });

  test.each([
    ['a missing input', {}, 'The input image is required.', 'set image under `with:`'],
    ['a blanked record', { INPUT_IMAGE: 'a', INPUT_RECORD: '' }, 'The release record is empty.', 'mask-aws-account-id'],
    ['a renamed input', { INPUT_IMAGE: 'a', 'INPUT_TIME-LIMIT': '5m' }, 'renamed to timeout', 'use timeout'],
  ])('because of %s says what to do, with exit code 2', async (_, env, message, words) => {
    const { code, log } = await step(env);
    expect(code).toBe(2);
    expect(log).toContain(message);
    expect(log).toContain(words);
  });
});

test.each(['succeed', 'fail'])(
  'a table of the action is in the summary of a step that is to %s, in place of its output',
  async outcome => {
    await step({ INPUT_IMAGE: 'a', INPUT_OUTCOME: outcome, INPUT_PASSWORD: 'hunter2' });
    const summary = await content('GITHUB_STEP_SUMMARY');
    expect(summary).toContain('| flag | value |\n|---|---|\n| <code>pull</code> | <code>false &#124; ***</code> |\n');
    expect(summary).not.toContain('pull=false');
  },
);

test('inputs of an enclosing step are no error', async () => {
  expect((await step({ INPUT_IMAGE: 'a', INPUT_NONSENSE: 'x' })).code).toBe(0);
});

test('a secret is masked before anything can print it, and shown nowhere', async () => {
  const { log } = await step({ INPUT_IMAGE: 'a', INPUT_PASSWORD: 'hunter2', INPUT_OUTCOME: 'leak' });
  const said = log.split('\n').filter(line => !line.startsWith('::add-mask::'));
  expect(log).toMatch(/^::add-mask::hunter2\n/);
  expect(said.join('\n')).toContain('password *** ***');
  expect(`${said.join('\n')}${await content('GITHUB_OUTPUT')}`).not.toMatch(/hunter2|dXNlcj/);
});

test('what a child process says cannot command the runner', async () => {
  const { log } = await step({ INPUT_IMAGE: 'a' });
  const commands = log.split(/\r\n|\r|\n/).filter(line => line.trimStart().startsWith('::') || line.includes('##['));
  expect(commands).toEqual([
    '::group::Working',
    '::endgroup::',
    '::debug::for the curious',
    '::notice::a notice',
    '::warning::a warning',
  ]);
});

/** The state that the runner hands to the post step. */
async function state(): Promise<Record<string, string>> {
  const lines = (await content('GITHUB_STATE')).split('\n').filter(Boolean);
  return Object.fromEntries(lines.map(line => [`STATE_${line.split('=')[0]}`, line.split('=')[1] ?? '']));
}

describe('the post step', () => {
  test.each([
    ['succeeded', { INPUT_IMAGE: 'a' }],
    ['failed', { INPUT_IMAGE: 'a', INPUT_OUTCOME: 'fail' }],
    ['got wrong inputs', {}],
  ])('does nothing after a main step that %s', async (_, env) => {
    await step(env);
    expect(await step({ ...env, ...(await state()) })).toEqual({ code: 0, log: '' });
  });

  test('undoes and removes what a main step that was killed left', async () => {
    const env = { INPUT_IMAGE: 'a', INPUT_OUTCOME: 'kill', 'INPUT_UNDO-MARKER': join(folder, 'undone') };
    expect((await step(env)).code).toBe('SIGKILL');
    expect(await readdir(temporary)).toHaveLength(1);
    const post = await step({ ...env, ...(await state()) });
    expect(post).toEqual({ code: 0, log: 'The step was cut; removed what it had left.\n' });
    expect(await readdir(temporary)).toEqual([]);
    expect(await readdir(folder)).toContain('undone');
  });
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends the step, which cleans up by itself', async by => {
  const env = { INPUT_IMAGE: 'a', INPUT_OUTCOME: 'hang', 'INPUT_UNDO-MARKER': join(folder, 'undone') };
  const { code, log } = await step(env, { after: '::warning::', by });
  expect(code).toBe(130);
  expect(log).toContain('code: CANCELLED');
  expect(await readdir(temporary)).toEqual([]);
  expect(await readdir(folder)).toContain('undone');
});
