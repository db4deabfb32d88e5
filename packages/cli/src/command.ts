import { readFile } from 'node:fs/promises';
import { nearestName } from '@eks-gitops/action';
import { runInTerminal, type TerminalWorld } from '@eks-gitops/action/terminal';
import { ActionError, exitCodeOf, formatError } from '@eks-gitops/errors';
import { z } from 'zod';
import { actionNames, loadAction } from './actions.ts';

/** Runs `eks-gitops` with its arguments and gives the exit code. */
export async function runCommand(world: TerminalWorld): Promise<number> {
  const [first = '--help', ...args] = world.args;
  switch (first) {
    case '--help':
    case '-h':
    case 'help':
      world.stdout.write(await overview());
      return 0;
    case '--version':
      world.stdout.write(`${await version()}\n`);
      return 0;
    default:
      return runNamed(first, { ...world, args });
  }
}

async function runNamed(name: string, world: TerminalWorld): Promise<number> {
  const action = await loadAction(name);
  if (action !== undefined) return runInTerminal(action, world);
  const error = unknownAction(name);
  world.stderr.write(`error: ${formatError(error)}\n`);
  return exitCodeOf(error);
}

function unknownAction(name: string): ActionError {
  const near = nearestName(name, actionNames);
  return new ActionError({
    code: 'INPUT_UNKNOWN',
    message: name.startsWith('-') ? 'The action comes first, then its flags.' : `There is no action ${JSON.stringify(name)}.`,
    expected: `one of ${actionNames.join(', ')}`,
    found: JSON.stringify(name),
    remedy: near === undefined ? 'run eks-gitops --help for what each does' : `did you mean eks-gitops ${near}?`,
  });
}

async function overview(): Promise<string> {
  const actions = await Promise.all(
    actionNames.map(async name => ({ name, description: (await loadAction(name))?.description ?? '' })),
  );
  const longest = Math.max(...actionNames.map(({ length }) => length));
  return [
    'From a commit to verified pods on Amazon EKS, by GitOps: each step as a command.',
    '',
    'Usage:',
    '  eks-gitops ACTION [flags]',
    '',
    'Actions:',
    ...actions.map(({ name, description }) => `  ${name.padEnd(longest)}  ${description}`),
    '',
    'eks-gitops ACTION --help tells its flags, eks-gitops --version the version.',
    '',
  ].join('\n');
}

async function version(): Promise<string> {
  const text = await readFile(new URL('../package.json', import.meta.url), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}
