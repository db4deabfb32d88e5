import { join } from 'node:path';
import { findTool, type ToolName } from '@eks-gitops/testbed';
import { execa } from 'execa';
import type { Tally } from './jest-report.ts';

/** One look at the tree, counted as one test. */
export interface Check {
  readonly name: string;
  /** A tool of the toolchain, or an npm package's command. */
  readonly program: { readonly tool: ToolName } | { readonly npm: string } | { readonly script: string };
  readonly args: readonly string[];
}

export const checks: readonly Check[] = [
  { name: 'the types agree', program: { npm: 'tsc' }, args: ['--noEmit'] },
  { name: 'the style is kept', program: { npm: 'biome' }, args: ['check', '.'] },
  { name: 'nothing is unused', program: { npm: 'knip' }, args: [] },
  { name: 'what is generated is up to date', program: { script: 'scripts/generate.ts' }, args: ['--check'] },
];

const examples = ['publish-image', 'release', 'deploy', 'deploy-by-flux'].map(
  name => `workflows-examples/github-actions/${name}.yml`,
);

/** These need tools that may still be on their way when the first checks run. */
export const linters: readonly Check[] = [
  { name: 'actionlint has nothing to say of the workflow examples', program: { tool: 'actionlint' }, args: examples },
  {
    name: 'zizmor finds no risk in the workflow examples',
    program: { tool: 'zizmor' },
    args: ['--offline', '--quiet', '--config=zizmor.yml', ...examples],
  },
];

export interface CheckWorld {
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
}

export async function runCheck({ name, program, args }: Check, { root, env }: CheckWorld): Promise<Tally> {
  const command = await commandOf(program, root);
  if (command === undefined) return { passed: 0, failed: [], notRun: [name] };
  const [file, ...first] = command;
  const { failed, all } = await execa(file, [...first, ...args], { cwd: root, env, all: true, stdin: 'ignore', reject: false });
  console.log(`${failed ? '✗' : '✓'} ${name}`);
  if (failed) console.log(all);
  return failed ? { passed: 0, failed: [name], notRun: [] } : { passed: 1, failed: [], notRun: [] };
}

async function commandOf(program: Check['program'], root: string): Promise<readonly [string, ...string[]] | undefined> {
  if ('npm' in program) return [join(root, 'node_modules', '.bin', program.npm)];
  if ('script' in program) return [process.execPath, join(root, program.script)];
  const found = await findTool(program.tool);
  return found === undefined ? undefined : [found.file];
}
