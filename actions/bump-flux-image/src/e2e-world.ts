import { mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { execa } from 'execa';

const command = join(import.meta.dirname, '../../../packages/cli/src/bin.ts');

export interface Finished {
  readonly exitCode: number | undefined;
  readonly outputs: Readonly<Record<string, string>>;
  readonly error: Readonly<Record<string, string>>;
  /** What was said on standard error. */
  readonly log: string;
}

/** The command as a user runs it, with a home and a temporary folder of its own. */
export interface World {
  readonly root: string;
  readonly run: (args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Finished>;
  /** What the runs have left behind. */
  readonly leftovers: () => Promise<readonly string[]>;
  readonly remove: () => Promise<void>;
}

export async function makeWorld(): Promise<World> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'bump-flux-image-')));
  const temporary = await mkdtemp(join(root, 'temporary-'));
  const home = await mkdtemp(join(root, 'home-'));
  const run: World['run'] = async (args, more = {}) => {
    const env = {
      PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
      HOME: home,
      TMPDIR: temporary,
      ...more,
    };
    const options = { cwd: root, env, extendEnv: false, reject: false, stdin: 'ignore' } as const;
    const { stdout, stderr, exitCode } = await execa(process.execPath, [command, 'bump-flux-image', '--json', ...args], options);
    return { exitCode, log: stderr, outputs: {}, error: {}, ...JSON.parse(stdout || '{}') };
  };
  return { root, run, leftovers: () => readdir(temporary), remove: () => rm(root, { recursive: true, force: true }) };
}

/** A tag of a commit at a minute of an hour. */
export function tagAt(minute: number, sha8 = 'ac8730e8'): string {
  return `i202611231017${String(minute).padStart(2, '0')}-${sha8}`;
}
