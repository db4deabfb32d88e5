import { mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { z } from 'zod';

const command = fileURLToPath(new URL('../../cli/src/bin.ts', import.meta.url));
const words = z.record(z.string(), z.string()).default({});
const printed = z.object({ outputs: words, error: words });

/** How a run of the command ended. */
export interface FinishedCommand extends z.infer<typeof printed> {
  readonly exitCode: number | undefined;
  /** What was said on standard error. */
  readonly log: string;
}

/** A run that has not ended yet. */
export interface RunningCommand {
  /** What it says on standard error, line by line, until its end. */
  readonly lines: AsyncIterable<string>;
  readonly kill: (signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL') => void;
  readonly exitCode: Promise<number | undefined>;
}

/** An action of the command as a user runs it, with a folder, a home and a temporary folder of its own. */
export interface CommandWorld {
  /** Where the command is called. */
  readonly root: string;
  readonly run: (args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<FinishedCommand>;
  /** For a test that has something to do while it runs. */
  readonly start: (args: readonly string[], env?: Readonly<Record<string, string>>) => RunningCommand;
  /** What the runs have left behind. */
  readonly leftovers: () => Promise<readonly string[]>;
  readonly remove: () => Promise<void>;
}

export async function makeCommandWorld(action: string): Promise<CommandWorld> {
  const root = await realpath(await mkdtemp(join(tmpdir(), `${action}-`)));
  const [temporary, home] = await Promise.all(['temporary-', 'home-'].map(name => mkdtemp(join(root, name))));
  if (temporary === undefined || home === undefined) throw new Error('There is no folder to run in.');
  const begin = (args: readonly string[], more: Readonly<Record<string, string>> = {}) => {
    const PATH = [dirname(process.execPath), process.env['PATH']].join(delimiter);
    const env = { PATH, HOME: home, TMPDIR: temporary, ...more };
    const options = { cwd: root, env, extendEnv: false, reject: false, stdin: 'ignore' } as const;
    return execa(process.execPath, [command, action, '--json', ...args], options);
  };
  const start: CommandWorld['start'] = (args, more) => {
    const running = begin(args, more);
    const exitCode = running.then(ended => ended.exitCode);
    return { lines: running.iterable({ from: 'stderr' }), kill: signal => void running.kill(signal), exitCode };
  };
  const run: CommandWorld['run'] = async (args, more) => {
    const { stdout, stderr, exitCode } = await begin(args, more);
    return { exitCode, log: stderr, ...printed.parse(JSON.parse(stdout || '{}')) };
  };
  return { root, run, start, leftovers: () => readdir(temporary), remove: () => rm(root, { recursive: true, force: true }) };
}
