import { type ParseArgsConfig, parseArgs } from 'node:util';
import { ActionError, exitCodeOf, formatError, toActionError } from '@eks-gitops/errors';

/** Wrong use of a script: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Reads a script's flags. Throws UsageError, pointing to the help of `script`. */
export function readFlags<T extends ParseArgsConfig>(script: string, config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}\nRun ${script} --help.`);
  }
}

export interface ScriptContext {
  readonly args: readonly string[];
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  /** Prints a line of progress to standard error. */
  readonly report: (line: string) => void;
}

/**
 * Runs a script's body with arguments, a signal and its errors told to the user, and sets the exit code that it returns.
 * 2: wrong use, or the machine lacks what is needed; 130: cancelled.
 */
export async function runScript({ help }: { help: string }, body: (context: ScriptContext) => Promise<number>): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes('--help') || args.includes('-h')) {
    console.log(help);
    return;
  }
  const cancelling = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => cancelling.abort(new ActionError({ code: 'CANCELLED', message: `Cancelled by ${name}.` })));
  }
  try {
    process.exitCode = await body({ args, signal: cancelling.signal, report: line => console.error(line) });
  } catch (thrown) {
    if (thrown instanceof UsageError) {
      console.error(thrown.message);
      process.exitCode = 2;
      return;
    }
    const error = toActionError(thrown);
    console.error(formatError(error));
    process.exitCode = error.code === 'TOOL_MISSING' ? 2 : exitCodeOf(error);
  }
}
