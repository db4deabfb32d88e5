import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { sample } from '../../fixtures/sample.ts';
import { formatRecord, parseRecord, type ReleaseRecord } from '../record.ts';
import { runInTerminal, type TerminalWorld } from './terminal.ts';

let workspace: string;
let temporary: string;

beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'terminal-test-'));
  temporary = await mkdtemp(join(tmpdir(), 'terminal-test-'));
});

interface Seen {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(args: readonly string[], world: Partial<TerminalWorld> = {}): Promise<Seen> {
  const seen = { stdout: '', stderr: '' };
  const code = await runInTerminal(sample, {
    args,
    env: {},
    workspace,
    temporary,
    stdout: { write: text => (seen.stdout += text) },
    stderr: { write: text => (seen.stderr += text) },
    signal: new AbortController().signal,
    ...world,
  });
  return { code, ...seen };
}

const inWorkspace = (name: string): Promise<string> => readFile(join(workspace, name), 'utf8');

test('results go to standard output, and all else to standard error', async () => {
  const { code, stdout, stderr } = await run(['--image', 'shop/ui']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^image=shop\/ui\nplatforms=linux\/amd64,linux\/arm64\nflags=pull=false push=true\nfolder=.*\n$/);
  expect(stderr).toContain('Working\n');
  expect(stderr).toContain('warning: a warning\n');
});

describe('an input', () => {
  test.each([
    ['from a flag wins over its variable', ['--platforms', 'a'], { INPUT_PLATFORMS: 'b' }, 'platforms=a'],
    ['from its variable wins over its default', [], { INPUT_PLATFORMS: 'b' }, 'platforms=b'],
    ['given empty is not given', ['--platforms='], { INPUT_PLATFORMS: '' }, 'platforms=linux/amd64,linux/arm64'],
    ['given empty as a flag is taken from its variable', ['--platforms='], { INPUT_PLATFORMS: 'b' }, 'platforms=b'],
    ['that is a bare boolean is true', ['--pull'], {}, 'flags=pull=true push=true'],
    ['that is a boolean can be turned off', ['--push=false'], {}, 'flags=pull=false push=false'],
    ['is unknown only as a flag: variables of other steps are passed over', [], { INPUT_NONSENSE: 'x' }, 'image=shop/ui'],
  ])('%s', async (_, args, env, line) => {
    const { stdout } = await run(['--image', 'shop/ui', ...args], { env });
    expect(stdout.split('\n')).toContain(line);
  });

  test('that was renamed is an error as a variable too', async () => {
    const { code, stderr } = await run(['--image', 'a'], { env: { INPUT_TIME_LIMIT: '5m' } });
    expect(code).toBe(2);
    expect(stderr).toContain('has been renamed to --timeout');
  });
});

describe('--json', () => {
  test('prints one object with the outputs', async () => {
    const { stdout } = await run(['--image', 'shop/ui', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ action: 'sample', outputs: { image: 'shop/ui', empty: '', metadata: '{}' } });
  });

  test.each([
    ['a failure', ['--image', 'a', '--outcome', 'fail'], 1, 'BUILD_FAILED'],
    ['wrong usage', ['--imag', 'a'], 2, 'INPUT_UNKNOWN'],
  ])('prints one object with the code of %s', async (_, args, exit, error) => {
    const { code, stdout, stderr } = await run(['--json', ...args]);
    expect(code).toBe(exit);
    expect(JSON.parse(stdout).error.code).toBe(error);
    expect(stderr).toContain(`code: ${error}`);
  });
});

describe('--outputs-file', () => {
  test('writes the outputs, and error.code after a failure', async () => {
    await run(['--image', 'shop/ui', '--outputs-file', 'out.env']);
    expect(await inWorkspace('out.env')).toContain('IMAGE=shop/ui\nPLATFORMS=linux/amd64,linux/arm64\n');
    await run(['--image', 'a', '--outcome', 'fail', '--outputs-file', 'out.json']);
    expect(JSON.parse(await inWorkspace('out.json')).error.code).toBe('BUILD_FAILED');
    expect((await readdir(workspace)).sort()).toEqual(['out.env', 'out.json']);
  });

  test.each([
    ['another ending', 'out.yml', 'ends in .env or .json'],
    ['a folder that is not there', 'nowhere/out.env', 'nowhere/out.env'],
  ])('with %s is wrong usage, found before anything is done', async (_, file, words) => {
    const { code, stderr } = await run(['--image', 'a', '--outputs-file', file]);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
    expect(stderr).not.toContain('Working');
  });
});

describe('a secret', () => {
  const args = ['--image', 'a', '--password', 'hunter2', '--verbose'];
  const encoded = Buffer.from('user:hunter2').toString('base64');

  test.each([
    ['what is said and the outputs', ['--outcome', 'leak', '--json']],
    ['errors', ['--outcome', 'fail', '--json']],
    ['wrong usage', ['--pul', '--push', 'hunter2']],
  ])('is hidden in %s', async (_, more) => {
    const { stdout, stderr } = await run([...args, ...more, '--outputs-file', 'out.json']);
    const all = `${stdout}${stderr}${await inWorkspace('out.json')}`;
    expect(all).toContain('***');
    expect(all).not.toContain('hunter2');
    expect(all).not.toContain(encoded);
  });

  test('does not go on to child processes by the environment', async () => {
    const env = { INPUT_IMAGE: 'a', INPUT_PASSWORD: 'hunter2', PATH: '/bin' };
    const { stdout } = await run(['--outcome', 'leak', '--json'], { env });
    expect(JSON.parse(JSON.parse(stdout).outputs.metadata).env).toEqual(['PATH']);
  });
});

test('text from elsewhere cannot move the cursor or colour the terminal', async () => {
  expect((await run(['--image', 'a'])).stderr).not.toContain('\u001b');
});

describe('--record', () => {
  const record: ReleaseRecord = {
    schema: 1,
    image: 'localhost:5000/shop/ui',
    revision: 'c'.repeat(40),
    commitTime: '2026-11-23T17:17:20Z',
    builds: [],
  };
  const built = (platform: string): string =>
    formatRecord({ ...record, builds: [{ platform, digest: `sha256:${'a'.repeat(64)}`, stagingTag: 't' }] });
  const platformsIn = async (): Promise<string[]> =>
    parseRecord(await inWorkspace('release.json')).builds.map(({ platform }) => platform);

  test('makes the file, then is read from it and joined with it', async () => {
    const first = await run(['--image', 'a', '--record', 'release.json', '--release-line', built('linux/amd64')]);
    expect(first.stdout).not.toContain('record-read=');
    const second = await run(['--image', 'a', '--record', 'release.json', '--release-line', built('linux/arm64')]);
    expect(second.stdout).toContain(`record-read=${built('linux/amd64')}`);
    expect(await platformsIn()).toEqual(['linux/amd64', 'linux/arm64']);
    expect(await readdir(workspace)).toEqual(['release.json']);
  });

  test('with an empty file, as mktemp makes it, begins a new record', async () => {
    await writeFile(join(workspace, 'release.json'), '');
    expect((await run(['--image', 'a', '--record', 'release.json', '--release-line', built('linux/amd64')])).code).toBe(0);
    expect(await platformsIn()).toEqual(['linux/amd64']);
  });

  test('of another release fails and leaves the file as it was', async () => {
    const other = formatRecord({ ...record, revision: 'd'.repeat(40) });
    await writeFile(join(workspace, 'release.json'), other);
    const { code, stderr } = await run(['--image', 'a', '--record', 'release.json', '--release-line', built('linux/amd64')]);
    expect(code).toBe(1);
    expect(stderr).toContain('RECORD_MISMATCH');
    expect(await inWorkspace('release.json')).toBe(other);
  });

  test('keeps the builds of all of several processes that end at the same moment', async () => {
    const platforms = ['linux/amd64', 'linux/arm64', 'linux/ppc64le', 'linux/s390x'];
    const command = new URL('../../fixtures/command.ts', import.meta.url).pathname;
    const children = platforms.map(platform =>
      spawn(process.execPath, [command, '--image', 'a', '--record', 'release.json', '--release-line', built(platform)], {
        cwd: workspace,
        env: { ...process.env, RUNNER_TEMP: temporary },
        stdio: 'ignore',
      }),
    );
    const codes = await Promise.all(children.map(async child => (await once(child, 'exit'))[0]));
    expect(codes).toEqual([0, 0, 0, 0]);
    expect(await platformsIn()).toEqual(platforms);
    expect(await readdir(workspace)).toEqual(['release.json']);
  });
});

describe('a cancel', () => {
  test.each(['hang', 'ignore-cancel'])('ends an action that would %s with 130, undone and cleaned up', async outcome => {
    const marker = join(workspace, 'undone');
    const cancel = new AbortController();
    const stderr = { write: (text: string) => (text.includes('a warning') ? cancel.abort() : undefined) };
    const args = ['--image', 'a', '--outcome', outcome, '--undo-marker', marker];
    const { code } = await run(args, { env: { PATH: process.env['PATH'] }, signal: cancel.signal, stderr });
    expect(code).toBe(130);
    expect(await readdir(workspace)).toEqual(['undone']);
    expect(await readdir(temporary)).toEqual([]);
  });

  test('from the keyboard ends the process with 130', async () => {
    const command = new URL('../../fixtures/command.ts', import.meta.url).pathname;
    const env = { ...process.env, RUNNER_TEMP: temporary };
    const child = spawn(process.execPath, [command, '--image', 'a', '--outcome', 'hang'], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    for await (const text of child.stderr.setEncoding('utf8')) if (text.includes('a warning')) child.kill('SIGINT');
    expect(child.exitCode ?? (await once(child, 'exit'))[0]).toBe(130);
    expect(await readdir(temporary)).toEqual([]);
  });
});

test('what a killed run left is undone and removed by the next', async () => {
  const command = new URL('../../fixtures/command.ts', import.meta.url).pathname;
  const marker = join(workspace, 'undone');
  const env = { ...process.env, RUNNER_TEMP: temporary };
  const child = spawn(process.execPath, [command, '--image', 'a', '--outcome', 'kill', '--undo-marker', marker], {
    env,
    stdio: 'ignore',
  });
  expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
  expect(await readdir(temporary)).toHaveLength(1);
  const { stderr } = await run(['--image', 'a'], { env: { PATH: process.env['PATH'] } });
  expect(stderr).toContain('Removed what a killed run had left');
  expect(await readdir(temporary)).toEqual([]);
  expect(await readdir(workspace)).toEqual(['undone']);
});

test('--help tells usage, inputs with what is required first, outputs and exit codes', async () => {
  const { code, stdout } = await run(['--help']);
  expect(code).toBe(0);
  expect(stdout).toContain('Example:\n  eks-gitops sample --image localhost:5000/shop/ui\n');
  expect(stdout.indexOf('--image')).toBeLessThan(stdout.indexOf('--platforms'));
  expect(stdout).toContain('[default: linux/amd64,linux/arm64]');
  expect(stdout).toContain('--outcome succeed|fail|');
  expect(stdout).toContain('better given as INPUT_PASSWORD');
  expect(stdout).toContain('--record FILE');
  expect(stdout).not.toContain('--record TEXT');
});

test('a document is printed as it is and alone; without one the outputs are', async () => {
  const document = '{\n  "a": "\u001b[1m"\n}';
  const printed = async (image: string): Promise<string> => {
    let stdout = '';
    await runInTerminal(
      { name: 'sample', description: '', inputs: {}, outputs: { image: '' }, document: 'image', run: async () => ({ image }) },
      { ...quietWorld(), stdout: { write: text => (stdout += text) } },
    );
    return stdout;
  };
  expect(await printed(document)).toBe(`${document}\n`);
  expect(await printed('')).toBe('');
});

function quietWorld(): TerminalWorld {
  const silent = { write: () => undefined };
  return { args: [], env: {}, workspace, temporary, stdout: silent, stderr: silent, signal: new AbortController().signal };
}
