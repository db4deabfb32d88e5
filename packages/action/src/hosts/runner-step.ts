import { tmpdir } from 'node:os';
import * as core from '@actions/core';
import { type ActionError, toActionError } from '@eks-gitops/errors';
import type { Action } from '../action.ts';
import type { SummaryTable } from '../context.ts';
import { readCiFacts } from '../facts.ts';
import { sweepPrivateFolders } from '../private/folder.ts';
import { runAction } from '../run-action.ts';
import { inertText } from '../text/foreign-text.ts';
import type { Mask } from '../text/mask.ts';
import { type Environment, withoutInputs } from './environment.ts';
import { createRunnerLog } from './runner-log.ts';
import { summaryOfError, summaryOfOutputs } from './summary.ts';

/** All that the runner's main step needs once its inputs are good; a module of its own, because loading it takes a while. */
export interface Step {
  readonly action: Action;
  readonly values: Readonly<Record<string, unknown>>;
  readonly env: Environment;
  readonly secrets: readonly string[];
  readonly mask: Mask;
  readonly clean: (text: string) => string;
}

/** Runs the action; sets every output, empty ones too, or none after a failure; writes the job summary. Throws ActionErrors. */
export async function runStep({ action, values, env, secrets, mask, clean }: Step): Promise<void> {
  const hide = (secret: string): void => {
    for (const line of mask.add(secret)) core.setSecret(line);
  };
  secrets.forEach(hide);
  const tables: SummaryTable[] = [];
  const context = {
    log: createRunnerLog(core, clean),
    signal: cancelSignal(),
    env: withoutInputs(env),
    facts: readCiFacts(env),
    workspace: env['GITHUB_WORKSPACE'] || process.cwd(),
    now: () => new Date(),
    mask: hide,
    summarise: (table: SummaryTable) => void tables.push(table),
  };
  try {
    const outputs = await runAction({ action, values, context, temporary: temporaryFolder(env) });
    for (const [name, value] of Object.entries(outputs)) core.setOutput(name, mask.apply(value));
    await summarise(env, mask.apply(summaryOfOutputs(action.name, outputs, tables)));
  } catch (thrown) {
    const error: ActionError = toActionError(thrown);
    await summarise(env, mask.apply(summaryOfError(action.name, error, tables)));
    throw error;
  }
}

/** What the post step does after a main step that was cut: main's process is dead then, so the sweep finds what it left. */
export async function sweepStep(env: Environment): Promise<void> {
  const report = (text: string): void => void process.stdout.write(`${inertText(text)}\n`);
  const swept = await sweepPrivateFolders(temporaryFolder(env), { env: withoutInputs(env), report });
  report(swept.length === 0 ? 'The step was cut; it left nothing behind.' : 'The step was cut; removed what it had left.');
}

function temporaryFolder(env: Environment): string {
  return env['RUNNER_TEMP'] || tmpdir();
}

function cancelSignal(): AbortSignal {
  const cancel = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => cancel.abort());
  return cancel.signal;
}

/** A summary that cannot be written hides neither success nor error. */
async function summarise(env: Environment, text: string): Promise<void> {
  if (!env['GITHUB_STEP_SUMMARY']) return;
  await core.summary
    .addRaw(text)
    .write()
    .catch((thrown: unknown) => core.warning(inertText(`The job summary could not be written: ${thrown}`)));
}
