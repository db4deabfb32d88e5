import {
  type CommandWorld,
  type FinishedCommand,
  makeCommandWorld,
  type RunningCommand,
  type ScriptedAws,
  startAws,
} from '@eks-gitops/testbed';
import { type PipelineScript, pipeline, playBuilds, playLogs, playPipeline, playRoles } from './scripted-pipeline.ts';

export interface PipelineWorld {
  readonly run: (...args: string[]) => Promise<FinishedCommand>;
  /** For a test that has something to do while it runs. */
  readonly start: (...args: string[]) => RunningCommand;
  readonly aws: ScriptedAws;
  /** Inputs of StartPipelineExecution. */
  readonly started: () => readonly Readonly<Record<string, unknown>>[];
}

/** Runs `wait-pipeline` against a scripted pipeline, and asks that neither side broke AWS's models. */
export async function withPipeline(script: PipelineScript, work: (world: PipelineWorld) => Promise<void>): Promise<void> {
  const started: Readonly<Record<string, unknown>>[] = [];
  const aws = await startAws({
    scripts: {
      codepipeline: playPipeline(script, started),
      codebuild: playBuilds(script),
      logs: playLogs(script),
      sts: playRoles,
    },
  });
  const command: CommandWorld = await makeCommandWorld('wait-pipeline');
  const run = (...args: string[]) => command.run([`--pipeline=${pipeline}`, ...args], aws.env);
  const start = (...args: string[]) => command.start([`--pipeline=${pipeline}`, ...args], aws.env);
  try {
    await work({ run, start, aws, started: () => started });
    if (aws.violations().length > 0) throw new Error(aws.violations().join('\n'));
  } finally {
    await Promise.all([aws.stop(), command.remove()]);
  }
}
