import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { hostFlagNames } from '@eks-gitops/action/terminal';
import { describe, expect, test } from '@jest/globals';
import { actionNames, loadAction } from './actions.ts';
import { runCommand } from './command.ts';

async function run(...args: string[]) {
  const seen = { stdout: '', stderr: '' };
  const code = await runCommand({
    args,
    env: {},
    workspace: tmpdir(),
    temporary: tmpdir(),
    stdout: { write: text => (seen.stdout += text) },
    stderr: { write: text => (seen.stderr += text) },
    signal: new AbortController().signal,
  });
  return { code, ...seen };
}

test.each([[[]], [['--help']], [['-h']], [['help']]])('eks-gitops %j lists every action', async args => {
  const { code, stdout } = await run(...args);
  expect(code).toBe(0);
  for (const name of actionNames) expect(stdout).toMatch(new RegExp(`^  ${name} +\\S`, 'm'));
});

test('--version prints a version', async () => {
  expect((await run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test.each([
  ['build-arch-imag', 'did you mean eks-gitops build-arch-image?'],
  ['deploy-everything-now', 'run eks-gitops --help'],
  ['constructor', 'run eks-gitops --help'],
  ['--image', 'The action comes first'],
])('eks-gitops %s is wrong usage, and says what is right', async (name, words) => {
  const { code, stdout, stderr } = await run(name);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(words);
});

describe.each(actionNames)('%s', name => {
  test('is the action of that name, and helps', async () => {
    const { code, stdout } = await run(name, '--help');
    expect(code).toBe(0);
    expect(stdout).toContain(`Example:\n  eks-gitops ${name} --`);
  });

  test('gives an example for each required input', async () => {
    const inputs = Object.entries((await loadAction(name))?.inputs ?? {});
    expect(inputs.flatMap(([input, { required, example }]) => (required && example === undefined ? [input] : []))).toEqual([]);
  });

  test('has no input that hides a flag of the command', async () => {
    const action = await loadAction(name);
    const hidden = hostFlagNames.filter(flag => flag !== 'record' && flag in (action?.inputs ?? {}));
    expect(hidden).toEqual([]);
  });

  test('fails with 2 without inputs, naming what is missing', async () => {
    const { code, stderr } = await run(name);
    expect(code).toBe(2);
    const { inputs = {} } = (await loadAction(name)) ?? {};
    const required = Object.keys(inputs).filter(input => inputs[input]?.required);
    for (const input of required) expect(stderr).toContain(`--${input}`);
    expect(stderr).toContain('code: INPUT_MISSING');
  });
});

test('an input that is wrong in whatever way leads to the help', async () => {
  const { code, stderr } = await run('build-arch-image', '--image', 'localhost:5000/ui:latest', '--platform', 'linux/amd64');
  expect(code).toBe(2);
  expect(stderr).toContain('code: REFERENCE_INVALID');
  expect(stderr).toContain('Run eks-gitops build-arch-image --help');
});

test('the program runs from the sources, and its exit code is that of the command', () => {
  const bin = new URL('./bin.js', import.meta.url).pathname;
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, 'no-such-action'], { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain('There is no action "no-such-action".');
});
