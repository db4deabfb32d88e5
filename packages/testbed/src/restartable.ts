import { type ProcessOptions, type ServerProcess, startProcess } from './process.ts';

/** A server that a test may take down and bring back. */
export interface RestartableProcess {
  /** Of all its runs. */
  readonly log: () => string;
  /** Ends it as a crash would. */
  readonly kill: () => Promise<void>;
  /** Starts it again in the same folder, and waits until it is ready. */
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Starts a server as {@link startProcess} does. */
export async function startRestartable(options: ProcessOptions): Promise<RestartableProcess> {
  const runs: ServerProcess[] = [await startProcess(options)];
  return {
    log: () => runs.map(run => run.log()).join(''),
    kill: async () => {
      await runs.at(-1)?.kill();
    },
    start: async () => {
      runs.push(await startProcess(options));
    },
    stop: async () => {
      await runs.at(-1)?.stop();
    },
  };
}
