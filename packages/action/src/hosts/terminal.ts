import { resolve } from 'node:path';
import { ActionError, exitCodeOf, exitCodes, formatError, toActionError } from '@eks-gitops/errors';
import type { Action } from '../action.ts';
import { readCiFacts } from '../facts.ts';
import { readInputs } from '../read-inputs.ts';
import { type Outputs, runAction } from '../run-action.ts';
import { plainText } from '../text/foreign-text.ts';
import { createMask, type Mask } from '../text/mask.ts';
import { type Environment, withoutInputs } from './environment.ts';
import { checkWritable, mergeIntoRecordFile, type NamedFile, readRecordFile, writeWhole } from './files.ts';
import { helpFor } from './help.ts';
import { type Ending, endingAsJson, outputLines, outputsFile } from './outputs-file.ts';
import { createScreen, type Screen } from './screen.ts';
import { readArguments, type TerminalRequest, terminalSpelling } from './terminal-args.ts';
import type { TextStream } from './text-stream.ts';

export { hostFlagNames } from './terminal-args.ts';
export type { TextStream } from './text-stream.ts';

/** All that the terminal host knows of the world. */
export interface TerminalWorld {
  /** What follows the action's name. */
  readonly args: readonly string[];
  readonly env: Environment;
  readonly workspace: string;
  /** The folder that private folders are made in. */
  readonly temporary: string;
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly signal: AbortSignal;
}

/**
 * Runs an action from a command line and gives the exit code: 0 done, 1 failed, 2 wrong usage, 3 timed out, 130 cancelled.
 * Standard output gets the results alone, standard error all else. Never throws.
 */
export async function runInTerminal(action: Action, world: TerminalWorld): Promise<number> {
  const request = readArguments({ action, args: world.args, env: world.env });
  if (request.help) {
    world.stdout.write(helpFor(action));
    return 0;
  }
  const mask = maskOf(action, request);
  const screen = createScreen({
    stream: world.stderr,
    env: world.env,
    detail: request.detail,
    clean: text => plainText(mask.apply(text)),
  });
  const ending = await endingOf(() => perform({ action, request, world, mask, screen }));
  const told = await tell({ action, request, world, mask, ending });
  if ('outputs' in told) return 0;
  screen.error(formatError(told.error));
  const code = exitCodeOf(told.error);
  if (code === exitCodes.usage) screen.info(`Run eks-gitops ${action.name} --help for all flags.`);
  return code;
}

interface Performance {
  readonly action: Action;
  readonly request: TerminalRequest;
  readonly world: TerminalWorld;
  readonly mask: Mask;
  readonly screen: Screen;
}

async function perform({ action, request, world, mask, screen }: Performance): Promise<Outputs> {
  const { env, workspace, signal, temporary } = world;
  const file = recordFileOf(request, workspace);
  const record = file === undefined ? undefined : await readRecordFile(file);
  const isInput = record !== undefined && 'record' in action.inputs;
  const given = isInput ? { ...request.given, record } : request.given;
  const values = readInputs({
    inputs: action.inputs,
    given,
    faults: request.faults,
    spelling: terminalSpelling,
    blanksTell: false,
  });
  for (const one of filesOf(request, workspace)) await checkWritable(one);
  const context = {
    log: screen,
    signal,
    env: withoutInputs(env),
    facts: readCiFacts(env),
    workspace,
    now: () => new Date(),
    mask: (secret: string) => void mask.add(secret),
    summarise: () => undefined,
  };
  const outputs = await runAction({ action, values, context, temporary });
  if (file !== undefined && outputs['record']) await mergeIntoRecordFile(file, outputs['record']);
  return outputs;
}

async function endingOf(run: () => Promise<Outputs>): Promise<Ending> {
  try {
    return { outputs: await run() };
  } catch (thrown) {
    return { error: toActionError(thrown) };
  }
}

interface Telling {
  readonly action: Action;
  readonly request: TerminalRequest;
  readonly world: TerminalWorld;
  readonly mask: Mask;
  readonly ending: Ending;
}

/** Hands the results on; a file that cannot be written turns a success into a failure. */
async function tell({ action, request, world, mask, ending }: Telling): Promise<Ending> {
  const masked = maskEnding(ending, mask);
  const told =
    request.outputsFile === undefined
      ? masked
      : await writeOutputs({ path: resolve(world.workspace, request.outputsFile), masked });
  if (request.json) world.stdout.write(`${endingAsJson(action.name, told)}\n`);
  else if ('outputs' in told) printOutputs(told.outputs, { action, world });
  return told;
}

/** A document goes to a file or another program, so nothing may stand beside it. */
function printOutputs(outputs: Outputs, { action, world }: Pick<Telling, 'action' | 'world'>): void {
  const document = action.document === undefined ? undefined : outputs[action.document];
  const lines = document ? [document] : outputLines(outputs).map(plainText);
  for (const line of lines) world.stdout.write(`${line}\n`);
}

async function writeOutputs({ path, masked }: { path: string; masked: Ending }): Promise<Ending> {
  try {
    if (/\.(?:env|json)$/.test(path)) await writeWhole(path, outputsFile(path, masked));
    return masked;
  } catch (cause) {
    if ('error' in masked) return masked;
    const found = cause instanceof Error ? cause.message : String(cause);
    return { error: new ActionError({ code: 'INPUT_INVALID', message: 'The outputs file could not be written.', found, cause }) };
  }
}

function maskEnding(ending: Ending, mask: Mask): Ending {
  if ('outputs' in ending) {
    return { outputs: Object.fromEntries(Object.entries(ending.outputs).map(([name, value]) => [name, mask.apply(value)])) };
  }
  const { code, cause, ...words } = ending.error.failure;
  const masked = Object.entries(words).map(([name, text]) => [name, text === undefined ? text : mask.apply(text)] as const);
  const message = mask.apply(ending.error.message);
  return { error: new ActionError({ ...Object.fromEntries(masked), code, message, cause }) };
}

/** Knows the secret inputs from the start, faulty ones too. */
function maskOf({ inputs }: Action, { given }: TerminalRequest): Mask {
  const mask = createMask();
  for (const [name, { secret }] of Object.entries(inputs)) if (secret) mask.add(given[name] ?? '');
  return mask;
}

function recordFileOf({ recordFile }: TerminalRequest, workspace: string): NamedFile | undefined {
  return recordFile === undefined ? undefined : { flag: 'record', path: resolve(workspace, recordFile) };
}

function filesOf(request: TerminalRequest, workspace: string): NamedFile[] {
  const { outputsFile: path } = request;
  const record = recordFileOf(request, workspace);
  return [
    ...(record === undefined ? [] : [record]),
    ...(path === undefined ? [] : [{ flag: 'outputs-file', path: resolve(workspace, path) }]),
  ];
}
