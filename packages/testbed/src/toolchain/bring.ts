import { mkdir, rm, writeFile } from 'node:fs/promises';
import { ActionError } from '@eks-gitops/errors';
import { ExecaError } from 'execa';
import { withLock } from '../lock.ts';
import { completeMark, toolFolder } from './cache.ts';
import { findTool } from './find.ts';
import { type ToolName, toolSpec } from './table.ts';

export interface Bringing {
  readonly name: ToolName;
  /** How it is brought, as in `unpacking Debian's runc`. */
  readonly way: string;
  readonly fetch: (folder: string) => Promise<void>;
  readonly report: (line: string) => void;
  readonly signal: AbortSignal;
}

const reportEvery = 30_000;

/** Brings one tool into the cache, unless another process just did. Rejects with TOOL_MISSING. */
export async function bring({ name, way, fetch, report, signal }: Bringing): Promise<void> {
  const folder = toolFolder(name);
  const { version } = toolSpec(name);
  await withLock(`${folder}.lock`, async () => {
    if (await findTool(name)) return;
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const began = Date.now();
    const seconds = (): number => Math.round((Date.now() - began) / 1000);
    report(`${name} ${version}: ${way} …`);
    const reminder = setInterval(() => report(`${name} ${version}: still at it after ${seconds()} s`), reportEvery);
    try {
      await fetch(folder);
    } catch (error) {
      throw bringingFailed({ name, error, signal });
    } finally {
      clearInterval(reminder);
    }
    await writeFile(completeMark(folder), `${way}\n`);
    report(`${name} ${version}: done in ${seconds()} s`);
  });
}

function bringingFailed({ name, error, signal }: { name: ToolName; error: unknown; signal: AbortSignal }): unknown {
  if (signal.aborted) return signal.reason;
  const words = error instanceof ExecaError ? String(error.all || error.stderr || error.shortMessage) : String(error);
  return new ActionError({
    code: 'TOOL_MISSING',
    message: `${name} could not be brought.`,
    detail: words.trim().split('\n').slice(-20).join('\n'),
    remedy: `Try again with: scripts/toolchain ${name}`,
    cause: error,
  });
}
