import { once } from 'node:events';
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

/** A run of the command that is under way. */
export interface RunningCommand {
  /** Resolves when standard error has held the words; rejects when the run ends without them. */
  readonly said: (words: string) => Promise<void>;
  /** As Ctrl-C does, unless another signal is named. */
  readonly interrupt: (signal?: NodeJS.Signals) => void;
  readonly finished: Promise<FinishedCommand>;
}

type Environment = Readonly<Record<string, string>>;

/** An action of the command as a user runs it, with a folder, a home and a temporary folder of its own. */
export interface CommandWorld {
  /** Where the command is called. */
  readonly root: string;
  readonly start: (args: readonly string[], env?: Environment) => RunningCommand;
  /** As `start`, to its end. */
  readonly run: (args: readonly string[], env?: Environment) => Promise<FinishedCommand>;
  /** What the runs have left behind. */
  readonly leftovers: () => Promise<readonly string[]>;
  readonly remove: () => Promise<void>;
}

/** `common` is part of the environment of every run. */
export async function makeCommandWorld(action: string, common: Environment = {}): Promise<CommandWorld> {
  const root = await realpath(await mkdtemp(join(tmpdir(), `${action}-`)));
  const [temporary, home] = await Promise.all(['temporary-', 'home-'].map(name => mkdtemp(join(root, name))));
  if (temporary === undefined || home === undefined) throw new Error('There is no folder to run in.');
  const PATH = [dirname(process.execPath), process.env['PATH']].join(delimiter);
  // The next run starts in a third of the time, whichever test it is of.
  const compiled = process.env['NODE_COMPILE_CACHE'] ?? join(root, 'compiled');
  const own = { PATH, HOME: home, TMPDIR: temporary, NODE_COMPILE_CACHE: compiled, ...common };
  const start: CommandWorld['start'] = (args, more = {}) =>
    follow(startCommand([action, '--json', ...args], { root, env: { ...own, ...more } }));
  return {
    root,
    start,
    run: (...given) => start(...given).finished,
    leftovers: () => readdir(temporary),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

function startCommand(args: readonly string[], { root, env }: { root: string; env: Environment }) {
  const options = { cwd: root, env, extendEnv: false, reject: false, stdin: 'ignore' } as const;
  return execa(process.execPath, [command, ...args], options);
}

function follow(child: ReturnType<typeof startCommand>): RunningCommand {
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    log += chunk;
  });
  const finished = child.then(({ stdout, exitCode }) => ({ exitCode, log, ...printed.parse(JSON.parse(stdout || '{}')) }));
  const said = async (words: string): Promise<void> => {
    const ended = finished.then(() => false);
    while (!log.includes(words)) {
      const goesOn = await Promise.race([once(child.stderr, 'data').then(() => true), ended]);
      if (!goesOn && !log.includes(words)) throw new Error(`It never said "${words}": ${log}`);
    }
  };
  return { said, interrupt: (signal = 'SIGINT') => void child.kill(signal), finished };
}
