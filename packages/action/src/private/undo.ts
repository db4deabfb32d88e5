import { spawn } from 'node:child_process';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { UndoCommand } from '../context.ts';

/** A command gets this long, in milliseconds, before it and its children are killed. */
export const undoLimit = 10_000;

const command = z.object({
  program: z.string(),
  args: z.array(z.string()),
  env: z.record(z.string(), z.string()),
  absent: z.string().optional(),
});

const journalIn = (folder: string): string => join(folder, 'undo.jsonl');

/** Writes the command down before the thing to undo exists, so that no kill can leave the thing without its undoing. */
export async function noteUndo(folder: string, undo: UndoCommand): Promise<void> {
  await appendFile(journalIn(folder), `${JSON.stringify(undo)}\n`, { mode: 0o600 });
}

/** The commands of a journal, last first; a line that a kill cut short undoes nothing, since its thing was never made. */
export async function readUndos(folder: string): Promise<readonly UndoCommand[]> {
  const text = await readFile(journalIn(folder), 'utf8').catch(() => '');
  return text.split('\n').flatMap(parseLine).reverse();
}

function parseLine(line: string): UndoCommand[] {
  try {
    const parsed = command.safeParse(JSON.parse(line));
    return parsed.success ? [parsed.data] : [];
  } catch {
    return [];
  }
}

export interface UndoWorld {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Told of each command that failed, in a sentence. */
  readonly report: (problem: string) => void;
  /** Milliseconds for each command; {@link undoLimit} by default. */
  readonly limit?: number;
}

/** Runs one command without a shell, in a process group of its own: the user's Ctrl-C does not reach it. Never throws. */
export async function runUndo({ program, args, env, absent }: UndoCommand, world: UndoWorld): Promise<void> {
  const limit = world.limit ?? undoLimit;
  const child = spawn(program, args, { env: { ...world.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    words = `${words}${chunk}`.slice(-2000);
  });
  const timer = setTimeout(() => {
    killGroup(child.pid);
    child.stderr.destroy();
  }, limit);
  const problem = await new Promise<string | undefined>(resolve => {
    child.once('error', error => resolve(error.message));
    child.once('close', (code, signal) =>
      resolve(code === 0 ? undefined : signal === null ? `exit code ${code}` : `ended by ${signal}`),
    );
  });
  clearTimeout(timer);
  if (problem === undefined || (absent !== undefined && words.includes(absent))) return;
  world.report(`Clean-up failed: ${[program, ...args].join(' ')}: ${problem}. ${words.trim()}`.trim());
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}
