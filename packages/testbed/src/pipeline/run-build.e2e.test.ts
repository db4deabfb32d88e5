import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect } from '@jest/globals';
import { testNeeding } from '../needs.ts';
import { parseBuildspec } from './buildspec.ts';
import { type FinishedBuild, runBuild } from './run-build.ts';

const testBuild = await testNeeding('sandbox');

let folder: string | undefined;
afterEach(() => rm(folder ?? '', { recursive: true, force: true }));

async function run(text: string, timeoutMinutes = 1): Promise<FinishedBuild> {
  folder = await mkdtemp(join(tmpdir(), 'build-'));
  const source = join(folder, 'src');
  await mkdir(source);
  const env = { PATH: process.env['PATH'] ?? '', COLOUR: 'of the project' };
  return runBuild({ buildspec: parseBuildspec(`version: 0.2\n${text}`), folder, source, env, timeoutMinutes });
}

function statuses({ phases }: FinishedBuild): string {
  return phases.map(({ type, status }) => `${type} ${status}`).join(', ');
}

testBuild(
  'simulated: what a command exports, and where it goes, is there for the next; the project’s variables win',
  async () => {
    const build = await run(`
env: { variables: { COLOUR: of the buildspec }, exported-variables: [COLOUR, LATE, NONE] }
phases:
  install: { commands: [export LATE=1, mkdir in && cd in] }
  post_build: { commands: ['export LATE="$LATE 2 $(basename "$PWD")"', 'echo x > "$CODEBUILD_SRC_DIR/x"; exit 0'] }
artifacts: { files: ['**/*'] }`);
    expect(build.status).toBe('SUCCEEDED');
    expect(build.exported).toEqual({ COLOUR: 'of the project', LATE: '1 2 in', NONE: '' });
    expect(await readFile(join(build.artifact ?? '', 'x'), 'utf8')).toBe('x\n');
  },
);

testBuild(
  'simulated: after a failed build come its finally block, post_build and the artifacts, but no further command',
  async () => {
    const build = await run(`
phases:
  build: { commands: [echo one, exit 3, echo never], finally: [echo at last] }
  post_build: { commands: ['echo succeeding: $CODEBUILD_BUILD_SUCCEEDING'] }
artifacts: { files: [missing] }`);
    expect(build.status).toBe('FAILED');
    expect(statuses(build)).toBe(
      'INSTALL SUCCEEDED, PRE_BUILD SUCCEEDED, BUILD FAILED, POST_BUILD SUCCEEDED, UPLOAD_ARTIFACTS FAILED',
    );
    expect(build.phases[2]?.context).toBe(
      'COMMAND_EXECUTION_ERROR: Error while executing command: exit 3. Reason: exit status 3',
    );
    expect(build.log).toMatch(/\none\n[\s\S]*\nat last\n[\s\S]*\nsucceeding: 0\n/);
    expect(build.log).not.toContain('never\n');
  },
);

testBuild('simulated: after a failed install, or with on-failure: ABORT, nothing follows', async () => {
  expect(statuses(await run('phases: { install: { commands: ["false"] }, build: { commands: ["true"] } }'))).toBe(
    'INSTALL FAILED',
  );
  const aborted = await run('phases: { build: { on-failure: ABORT, commands: ["false"] }, post_build: { commands: ["true"] } }');
  expect(statuses(aborted)).toBe('INSTALL SUCCEEDED, PRE_BUILD SUCCEEDED, BUILD FAILED');
});

testBuild('simulated: a build sees nothing of what another has left in /tmp', async () => {
  const build = () => run('phases: { build: { commands: ["test ! -e /tmp/left", "touch /tmp/left"] } }');
  expect([(await build()).status, (await build()).status]).toEqual(['SUCCEEDED', 'SUCCEEDED']);
});

testBuild('simulated: a build that takes too long is ended, with all that it started', async () => {
  const pause = `77.${process.pid}`;
  const build = await run(
    `phases: { build: { commands: ["sleep ${pause} & wait"] }, post_build: { commands: ["true"] } }`,
    1 / 60,
  );
  expect(build.status).toBe('TIMED_OUT');
  expect(statuses(build)).toBe('INSTALL SUCCEEDED, PRE_BUILD SUCCEEDED, BUILD TIMED_OUT');
  const processes = (await readdir('/proc')).filter(name => /^\d+$/.test(name));
  const commands = await Promise.all(processes.map(id => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')));
  expect(commands.filter(command => command.startsWith('sleep') && command.includes(pause))).toEqual([]);
});

testBuild('what a buildspec asks for and cannot be simulated is refused', () => {
  expect(() => parseBuildspec('version: 0.2\nphases: { build: { on-failure: CONTINUE } }')).toThrow('on-failure');
  expect(() => parseBuildspec('version: 0.2\nbatch: {}\nphases: {}')).toThrow('batch');
});
