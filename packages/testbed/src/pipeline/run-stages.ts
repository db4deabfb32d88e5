import type { Pipeline } from './definition.ts';
import type { ActionRequest, ActionRun } from './run-action.ts';
import type { Artifact } from './source.ts';
import type { SourceRevisions } from './trigger.ts';

/** One execution of the pipeline, with the latest run of each action that was run. */
export interface Execution {
  readonly id: string;
  readonly status: 'Succeeded' | 'Failed';
  readonly failedStage: string | undefined;
  readonly action: (name: string) => ActionRun;
  readonly actions: readonly ActionRun[];
}

/** Runs one action. */
export type Perform = (about: Pick<ActionRequest, 'action' | 'artifacts' | 'variables' | 'revisions'>) => Promise<ActionRun>;

export interface StagesRun {
  readonly id: string;
  /** Runs that count as they are. */
  readonly earlier: readonly ActionRun[];
  readonly revisions: SourceRevisions;
  readonly pipeline: Pipeline;
  readonly perform: Perform;
}

/** An action that failed keeps what comes after its runOrder from being run; those beside it come to their end. */
export async function runStages({ id, earlier, revisions, pipeline, perform }: StagesRun): Promise<Execution> {
  const runs = new Map(earlier.map(run => [run.name, run]));
  const declared = Object.fromEntries(pipeline.Variables.map(({ Name, DefaultValue = '' }) => [Name, DefaultValue]));
  const variables = new Map<string, Readonly<Record<string, string>>>([
    ['codepipeline', { PipelineExecutionId: id }],
    ['variables', declared],
  ]);
  const artifacts = new Map<string, Artifact>();
  const done = (failedStage?: string): Execution => toExecution({ id, failedStage, actions: [...runs.values()] });
  for (const { Name: stage, Actions } of pipeline.Stages) {
    for (const order of [...new Set(Actions.map(({ RunOrder }) => RunOrder))].sort((a, b) => a - b)) {
      const group = Actions.filter(({ RunOrder }) => RunOrder === order);
      const ended = await Promise.all(
        group.map(async action => runs.get(action.Name) ?? perform({ action, artifacts, variables, revisions })),
      );
      for (const [index, action] of group.entries()) {
        const run = ended[index];
        if (run === undefined) continue;
        runs.set(action.Name, run);
        const [output] = action.OutputArtifacts;
        if (run.artifact && output) artifacts.set(output.Name, run.artifact);
        if (action.Namespace !== undefined) variables.set(action.Namespace, run.outputVariables);
      }
      if (ended.some(({ status }) => status === 'Failed')) return done(stage);
    }
  }
  return done();
}

function toExecution({ id, failedStage, actions }: Pick<Execution, 'id' | 'failedStage' | 'actions'>): Execution {
  const action = (name: string): ActionRun => {
    const found = actions.find(run => run.name === name);
    if (found === undefined) throw new Error(`The action ${name} was not run.`);
    return found;
  };
  return { id, status: failedStage === undefined ? 'Succeeded' : 'Failed', failedStage, actions, action };
}
