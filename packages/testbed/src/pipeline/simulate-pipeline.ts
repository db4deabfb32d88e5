import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createFolder, lockFile, removeFolder } from '../folder.ts';
import type { CodeCommit } from '../git/codecommit.ts';
import { takeLock } from '../lock.ts';
import { type Project, readDefinition } from './definition.ts';
import { runAction } from './run-action.ts';
import { type Execution, type Perform, runStages } from './run-stages.ts';
import { readStack, type Stack, type StackPlace } from './template.ts';
import { triggerOf } from './trigger.ts';

export interface SimulationOptions {
  /** As `aws cloudformation deploy` takes it. */
  readonly template: unknown;
  readonly place: StackPlace;
  readonly codecommit: CodeCommit;
  /** What the image of a build brings and what its role lets it do, as environment variables. */
  readonly environment: (project: Project) => Readonly<Record<string, string>>;
}

export interface SimulatedPipeline {
  readonly name: string;
  readonly stack: Stack;
  /** Takes an event as EventBridge would; the execution that it started, when a rule of the stack fits it. */
  readonly deliver: (event: unknown) => Promise<Execution | undefined>;
  /** Runs the failed actions of the stage that failed, or all of its actions, once more in the same execution (RetryStageExecution). */
  readonly retryStage: (retry: {
    readonly execution: Execution;
    readonly actions: 'FAILED_ACTIONS' | 'ALL_ACTIONS';
  }) => Promise<Execution>;
  readonly stop: () => Promise<void>;
}

/**
 * Runs the pipeline of a template on this machine, in a **simulation** of CodePipeline V2 and CodeBuild: stages one after the other, the
 * actions of one runOrder side by side, the builds as processes (https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-pipeline-structure.html).
 * Builds need root. Sources are CodeCommit's alone.
 */
export async function simulatePipeline({
  template,
  place,
  codecommit,
  environment,
}: SimulationOptions): Promise<SimulatedPipeline> {
  const stack = readStack(template, place);
  const definition = readDefinition(stack);
  const root = await createFolder('pipeline');
  const lock = await takeLock({ file: lockFile(root), shared: true, ifHeld: 'wait' });
  let count = 0;
  const { pipeline, projects } = definition;
  const perform: Perform = async about => {
    count += 1;
    const folder = join(root, `${count}-${about.action.Name}`);
    await mkdir(join(folder, 'home'), { recursive: true });
    return runAction({ ...about, folder, environment, codecommit, place, count, pipeline: pipeline.Name, projects });
  };
  return {
    name: pipeline.Name,
    stack,
    deliver: async event => {
      const trigger = triggerOf(event, definition);
      return trigger && runStages({ id: randomUUID(), revisions: trigger.revisions, earlier: [], pipeline, perform });
    },
    retryStage: ({ execution: { id, failedStage, actions: runs }, actions }) => {
      const stage = pipeline.Stages.find(({ Name }) => Name === failedStage);
      if (stage === undefined) throw new Error('No stage of the execution has failed.');
      const again = stage.Actions.filter(
        ({ Name }) => actions === 'ALL_ACTIONS' || runs.some(run => run.name === Name && run.status === 'Failed'),
      );
      const earlier = runs.filter(({ name }) => !again.some(({ Name }) => Name === name));
      return runStages({ id, revisions: new Map(), earlier, pipeline, perform });
    },
    stop: async () => {
      await lock?.release();
      await removeFolder(root);
    },
  };
}
