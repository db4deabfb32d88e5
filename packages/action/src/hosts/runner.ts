import { appendFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { type ActionError, exitCodeOf, formatError, toActionError } from '@eks-gitops/errors';
import type { Action } from '../action.ts';
import { readCiFacts } from '../facts.ts';
import { sweepPrivateFolders } from '../private/folder.ts';
import { type GivenInputs, type InputSpelling, readInputs } from '../read-inputs.ts';
import { runAction } from '../run-action.ts';
import { inertText } from '../text/foreign-text.ts';
import { createMask, type Mask } from '../text/mask.ts';
import { type Environment, withoutInputs } from './environment.ts';
import { type Core, createRunnerLog } from './runner-log.ts';
import { summaryOfError, summaryOfOutputs } from './summary.ts';
import { workflowCommand } from './workflow-command.ts';

/**
 * Runs an action as a step of GitHub Actions or act, from `main` and `post` of its action.yml, and ends the process.
 * The main step cleans up after itself; the post step does so only where main was cut.
 */
export async function runOnRunner(action: Action): Promise<never> {
  const { env } = process;
  const isPost = env['STATE_started'] === 'true';
  const code = isPost ? await post(env) : await main(action, env);
  await new Promise<unknown>(resolve => process.stdout.write('', resolve));
  process.exit(code);
}

async function main(action: Action, env: Environment): Promise<number> {
  const mask = createMask();
  const clean = (text: string): string => inertText(mask.apply(text));
  const failed = (error: ActionError): number => {
    printError(error, clean);
    return exitCodeOf(error);
  };
  saveState(env, 'started');
  try {
    const values = readInputs({ inputs: action.inputs, given: givenOnRunner(action, env), spelling, blanksTell: true });
    return await runWith({ action, values, env, mask, clean, failed });
  } catch (thrown) {
    return failed(toActionError(thrown));
  } finally {
    saveState(env, 'finished');
  }
}

interface Step {
  readonly action: Action;
  readonly values: Readonly<Record<string, unknown>>;
  readonly env: Environment;
  readonly mask: Mask;
  readonly clean: (text: string) => string;
  readonly failed: (error: ActionError) => number;
}

async function runWith({ action, values, env, mask, clean, failed }: Step): Promise<number> {
  const core = await import('@actions/core');
  const hide = (secret: string): void => mask.add(secret).forEach(core.setSecret);
  secretsIn(action, env).forEach(hide);
  const context = {
    log: createRunnerLog(core, clean),
    signal: cancelSignal(),
    env: withoutInputs(env),
    facts: readCiFacts(env),
    workspace: env['GITHUB_WORKSPACE'] || process.cwd(),
    now: () => new Date(),
    mask: hide,
  };
  try {
    const outputs = await runAction({ action, values, context, temporary: temporaryFolder(env) });
    for (const [name, value] of Object.entries(outputs)) core.setOutput(name, mask.apply(value));
    await summarise({ core, env, text: mask.apply(summaryOfOutputs(action.name, outputs)) });
    return 0;
  } catch (thrown) {
    const error = toActionError(thrown);
    await summarise({ core, env, text: mask.apply(summaryOfError(action.name, error)) });
    return failed(error);
  }
}

/** Does nothing where main ended by itself, well or not; main's own process is dead here, so the sweep finds what it left. */
async function post(env: Environment): Promise<number> {
  if (env['STATE_finished'] === 'true') return 0;
  const report = (text: string): void => void process.stdout.write(`${inertText(text)}\n`);
  const swept = await sweepPrivateFolders(temporaryFolder(env), { env: withoutInputs(env), report });
  report(swept.length === 0 ? 'The step was cut; it left nothing behind.' : 'The step was cut; removed what it had left.');
  return 0;
}

const spelling: InputSpelling = {
  name: input => input,
  give: input => `set ${input} under \`with:\``,
};

/** The runner passes `image-tag` as INPUT_IMAGE-TAG. Other INPUT_ names may be left from an enclosing step; former names are looked for. */
function givenOnRunner({ inputs }: Action, env: Environment): GivenInputs {
  const former = Object.values(inputs).flatMap(({ formerly }) => formerly);
  const known = Object.keys(inputs).map(name => [name, env[variable(name)]] as const);
  const renamed = former.map(name => [name, env[variable(name)]] as const).filter(([, value]) => value);
  return Object.fromEntries([...known, ...renamed]);
}

function variable(name: string): string {
  return `INPUT_${name.toUpperCase()}`;
}

function secretsIn({ inputs }: Action, env: Environment): string[] {
  return Object.keys(inputs).flatMap(name => (inputs[name]?.secret ? [env[variable(name)] ?? ''] : []));
}

function temporaryFolder(env: Environment): string {
  return env['RUNNER_TEMP'] || tmpdir();
}

function cancelSignal(): AbortSignal {
  const cancel = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => cancel.abort());
  return cancel.signal;
}

/** Tells the post step; written by ourselves, since `@actions/core` may not be loaded yet. */
function saveState(env: Environment, name: 'started' | 'finished'): void {
  const file = env['GITHUB_STATE'];
  if (file) appendFileSync(file, `${name}=true\n`);
}

function printError(error: ActionError, clean: (text: string) => string): void {
  const { message, remedy } = error.failure;
  const summary = clean(remedy === undefined ? message : `${message} What to do: ${remedy}`);
  process.stdout.write(`${clean(formatError(error))}\n${workflowCommand('error', { title: error.code }, summary)}`);
}

async function summarise({ core, env, text }: { core: Core; env: Environment; text: string }): Promise<void> {
  if (env['GITHUB_STEP_SUMMARY']) await core.summary.addRaw(text).write();
}
