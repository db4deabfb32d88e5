import { setTimeout as sleep } from 'node:timers/promises';
import { ActionError, toActionError } from '@eks-gitops/errors';
import type { Action, OutputTable } from './action.ts';
import type { ActionContext, PrivateFolder } from './context.ts';
import { endPrivateFolder, makePrivateFolder, sweepPrivateFolders } from './private/folder.ts';
import type { UndoWorld } from './private/undo.ts';

export type Outputs<Table extends OutputTable = OutputTable> = { readonly [Name in keyof Table]: string };

export interface ActionRun {
  readonly action: Action;
  readonly values: Readonly<Record<string, unknown>>;
  readonly context: Omit<ActionContext, 'privateFolder'>;
  /** The folder that private folders are made in. */
  readonly temporary: string;
}

/** An action that has not ended by itself so many milliseconds after a cancel is left behind. */
const cancelGrace = 500;

/**
 * Runs an action with private folders that are gone afterwards, also when it failed or was cancelled; first ends what a killed run left.
 * Every output of the action's table is in the result. Throws ActionErrors only; CANCELLED whenever the signal was aborted.
 */
export async function runAction({ action, values, context, temporary }: ActionRun): Promise<Outputs> {
  const { log, signal, env } = context;
  const undoWorld: UndoWorld = { env, report: problem => log.info(problem) };
  const swept = await sweepPrivateFolders(temporary, undoWorld);
  if (swept.length > 0) log.info(`Removed what a killed run had left: ${swept.join(', ')}`);
  const folders: Promise<PrivateFolder>[] = [];
  const privateFolder = (): Promise<PrivateFolder> => {
    const folder = makePrivateFolder(temporary);
    folders.push(folder);
    return folder;
  };
  try {
    const given = await untilCancelled(signal, () => action.run(values, { ...context, privateFolder }));
    return Object.fromEntries(Object.keys(action.outputs).map(name => [name, given[name] ?? '']));
  } catch (thrown) {
    throw signal.aborted ? cancelled(thrown) : toActionError(thrown);
  } finally {
    for (const folder of await Promise.allSettled(folders)) {
      if (folder.status === 'fulfilled') await endPrivateFolder(folder.value.path, undoWorld);
    }
  }
}

async function untilCancelled<T>(signal: AbortSignal, run: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const done = new AbortController();
  const left = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => sleep(cancelGrace).then(() => reject(signal.reason)), {
      once: true,
      signal: done.signal,
    });
  });
  try {
    return await Promise.race([run(), left]);
  } finally {
    done.abort();
  }
}

function cancelled(cause: unknown): ActionError {
  return cause instanceof ActionError && cause.code === 'CANCELLED'
    ? cause
    : new ActionError({ code: 'CANCELLED', message: 'Cancelled.', cause });
}
