import { type CommandWorld, type FinishedCommand, makeCommandWorld, type ScriptedAws, startAws } from '@eks-gitops/testbed';
import { play, type StackScript, stateOf } from './scripted-stack.ts';

export interface StackWorld {
  readonly command: CommandWorld;
  readonly run: (...args: string[]) => Promise<FinishedCommand>;
  readonly aws: ScriptedAws;
  /** The operations that change something, in order. */
  readonly writes: () => readonly string[];
  readonly left: () => { readonly status: string | undefined; readonly changeSets: number };
}

const written = /^cloudformation:(?:Create|Execute|Delete)/;

/** Runs `provision-pipeline` against a scripted CloudFormation, and asks that neither side broke AWS's model of it. */
export async function withStack(script: StackScript, work: (world: StackWorld) => Promise<void>): Promise<void> {
  const state = stateOf(script);
  const aws = await startAws({ scripts: { cloudformation: play(script, state) } });
  const command = await makeCommandWorld('provision-pipeline');
  const run = (...args: string[]) => command.run(['--name=shop', '--tool-package=eks-gitops-actions@1.2.3', ...args], aws.env);
  const left = () => ({ status: state.stack?.status, changeSets: state.sets.size });
  try {
    await work({ command, run, aws, left, writes: () => aws.calls().filter(call => written.test(call)) });
    if (aws.violations().length > 0) throw new Error(aws.violations().join('\n'));
  } finally {
    await Promise.all([aws.stop(), command.remove()]);
  }
}
