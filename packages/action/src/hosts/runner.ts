import { appendFileSync } from 'node:fs';
import { ActionError, exitCodeOf, formatError, toActionError } from '@eks-gitops/errors';
import type { Action } from '../action.ts';
import { type GivenInputs, type InputSpelling, readInputs } from '../read-inputs.ts';
import { inertText } from '../text/foreign-text.ts';
import { createMask } from '../text/mask.ts';
import type { Environment } from './environment.ts';
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
  saveState(env, 'started');
  try {
    checkNode(process.version);
    const values = readInputs({ inputs: action.inputs, given: givenOnRunner(action, env), spelling, blanksTell: true });
    const { runStep } = await import('./runner-step.ts');
    await runStep({ action, values, env, secrets: secretsIn(action, env), mask, clean });
    return 0;
  } catch (thrown) {
    const error = toActionError(thrown);
    printError(error, clean);
    return exitCodeOf(error);
  } finally {
    saveState(env, 'finished');
  }
}

/** `using: node24` promises it on GitHub; act runs whatever Node is on PATH. */
function checkNode(version: string): void {
  if (Number.parseInt(version.slice(1), 10) >= 24) return;
  throw new ActionError({
    code: 'TOOL_MISSING',
    message: 'The action needs Node 24 or newer.',
    expected: 'Node 24',
    found: `Node ${version}`,
    likely: 'act, on the machine itself, runs the Node that is on PATH',
    remedy: 'put Node 24 first on PATH',
  });
}

async function post(env: Environment): Promise<number> {
  if (env['STATE_finished'] === 'true') return 0;
  const { sweepStep } = await import('./runner-step.ts');
  await sweepStep(env);
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
