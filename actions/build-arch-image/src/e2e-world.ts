import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { requireTool } from '@eks-gitops/testbed';

const command = join(import.meta.dirname, '../../../packages/cli/src/bin.ts');

/** What the command printed with --json. */
interface Answer {
  readonly outputs: Readonly<Record<string, string>>;
  readonly error?: Readonly<Record<string, string>>;
}

export interface Finished extends Answer {
  readonly exitCode: number | null;
  readonly log: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
}

/** A checkout to build from, and the command as a user runs it, with a home and a temporary folder of its own. */
export interface World {
  readonly repository: string;
  readonly home: string;
  /** Where the command makes its private folders. */
  readonly temporary: string;
  readonly commit: string;
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Running;
  remove(): void;
}

export const committed = '2024-05-06T07:08:09Z';

/** Standard Dockerfile of the tests: a step that runs, on a base that the context `base` brings. */
const dockerfile = `FROM scratch AS base
COPY --from=base-files / /
FROM base
COPY page /page
RUN cat /page > /copy
`;

/** `files` go into the folder `ui` of the checkout, the build context. */
export async function makeWorld(files: Readonly<Record<string, string>> = {}): Promise<World> {
  const [buildx, busybox] = await Promise.all([requireTool('buildx'), requireTool('busybox-amd64')]);
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'build-arch-image-')));
  const [repository, home, temporary] = ['repository', 'home', 'temporary'].map(name => join(root, name)) as [
    string,
    string,
    string,
  ];
  for (const folder of [join(repository, 'ui'), home, temporary, join(root, 'base/bin')]) mkdirSync(folder, { recursive: true });
  cpSync(busybox, join(root, 'base/bin/busybox'));
  for (const applet of ['sh', 'cat', 'sleep', 'echo', 'tee']) symlinkSync('busybox', join(root, 'base/bin', applet));
  const contents = { Dockerfile: dockerfile, page: 'one\n', 'copy.Dockerfile': 'FROM scratch\nCOPY page /page\n', ...files };
  for (const [name, content] of Object.entries(contents)) writeFileSync(join(repository, 'ui', name), content);
  const programs = join(root, 'programs');
  mkdirSync(programs);
  symlinkSync(buildx, join(programs, 'buildx'));
  const path = [programs, process.env['PATH']].join(':');
  const commit = commitAll(repository);

  const run = (args: readonly string[], more: Readonly<Record<string, string>> = {}): Running => {
    const all = ['build-arch-image', '--json', '--context=ui', `--build-contexts=base-files=${join(root, 'base')}`, ...args];
    const env = { PATH: path, HOME: home, TMPDIR: temporary, ...more };
    const child = spawn(process.execPath, [command, ...all], { cwd: repository, env, stdio: ['ignore', 'pipe', 'pipe'] });
    return { child, finished: finish(child) };
  };
  const remove = () => rmSync(root, { recursive: true, force: true });
  return { repository, home, temporary, commit, run, remove };
}

function commitAll(folder: string): string {
  const identity = ['-c', 'user.name=A', '-c', 'user.email=a@example.com'];
  const env = { PATH: process.env['PATH'], HOME: folder, GIT_AUTHOR_DATE: committed, GIT_COMMITTER_DATE: committed };
  const git = (...args: string[]) =>
    execFileSync('git', [...identity, ...args], { cwd: folder, env, encoding: 'utf8', stdio: 'pipe' });
  git('init', '-q');
  git('add', '.');
  git('commit', '-qm', 'one');
  return git('rev-parse', 'HEAD').trim();
}

async function finish(child: ChildProcess): Promise<Finished> {
  const closed = new Promise<number | null>(resolve => child.once('close', resolve));
  const [out, log, exitCode] = await Promise.all([read(child.stdout), read(child.stderr), closed]);
  const answer: Answer = out.trim() === '' ? { outputs: {} } : JSON.parse(out);
  return { ...answer, outputs: answer.outputs ?? {}, exitCode, log };
}

function read(stream: ChildProcess['stdout']): Promise<string> {
  return stream === null ? Promise.resolve('') : text(stream);
}

/** Command lines of the processes that name a text, this one aside. */
export function processesNaming(name: string): string[] {
  const ids = readdirSync('/proc').filter(entry => /^\d+$/.test(entry) && entry !== String(process.pid));
  return ids.flatMap(id => {
    const file = `/proc/${id}/cmdline`;
    const line = existsSync(file) ? tryRead(file).replaceAll('\0', ' ') : '';
    return line.includes(name) ? [line] : [];
  });
}

function tryRead(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
