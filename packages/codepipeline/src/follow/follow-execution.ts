import { toActionError } from '@eks-gitops/errors';
import { describeChanges } from './changes.ts';
import { executionUrl } from './console-url.ts';
import { type ActionRun, type Execution, nameOf, newestRuns } from './execution.ts';
import { isRetryPending, judgeExecution } from './judge-execution.ts';
import type { Pipeline } from './open-pipeline.ts';
import { explainWait } from './pipeline-state.ts';
import { type Look, type PollOptions, poll } from './poll.ts';

/** How an execution ended. */
export type Ending =
  | {
      readonly kind: 'succeeded' | 'superseded' | 'stopped' | 'cancelled';
      readonly execution: Execution;
      readonly runs: readonly ActionRun[];
    }
  | {
      readonly kind: 'failed';
      readonly execution: Execution;
      readonly runs: readonly ActionRun[];
      /** The action that failed, where one did. */
      readonly failed: ActionRun | undefined;
    };

export interface FollowExecution extends PollOptions {
  readonly pipeline: Pipeline;
  readonly id: string;
  /** Called with each look; throws to end following. */
  readonly onLook: (execution: Execution) => void;
  /** What it waits for now, for whoever ends the wait. */
  readonly onWait: (what: string) => void;
}

/** Milliseconds that a failed execution is given to be tried again by its stage's own rule. */
const retryGrace = 120_000;

/** Follows an execution until it has ended, telling each change. Throws as {@link Pipeline} and `onLook` do. */
export async function followExecution(options: FollowExecution): Promise<Ending> {
  const { pipeline, id, onProgress, onLook, onWait } = options;
  const url = executionUrl({ region: pipeline.region, pipeline: pipeline.name, id });
  onProgress(`Following the execution ${id} of ${pipeline.name}: ${url}`);
  let known: readonly ActionRun[] = [];
  let status: string = 'InProgress';
  let idle = 0;
  let retrySince: number | undefined;
  const said = new Set<string>();
  const say = (line: string): void => {
    onWait(line);
    if (!said.has(line)) onProgress(line);
    said.add(line);
  };

  const look = async (): Promise<Look<Ending>> => {
    const execution = await pipeline.execution(id);
    // Read after the status, so that of an execution that has ended they are final.
    const runs = await pipeline.runs(id);
    onLook(execution);
    const changes = describeChanges(known, runs);
    for (const line of changes) onProgress(line);
    const changed = changes.length > 0 || execution.status !== status;
    if (execution.status === 'Stopping' && status !== 'Stopping') say('The execution is being stopped.');
    known = runs;
    status = execution.status;
    const verdict = judgeExecution(execution, runs);
    if (verdict.kind === 'failed') {
      const { run } = verdict;
      if (run !== undefined && (await awaitsRetry({ pipeline, execution, runs, run }))) {
        retrySince ??= Date.now();
        say(`The stage ${run.stage} is to be tried again.`);
        if (execution.status === 'InProgress' || Date.now() - retrySince < retryGrace) return { kind: 'pending', changed };
      }
      return { kind: 'done', value: { kind: 'failed', execution, runs, failed: run } };
    }
    retrySince = undefined;
    if (verdict.kind !== 'going') return { kind: 'done', value: { kind: verdict.kind, execution, runs } };
    const current = newestRuns(runs).filter(run => run.status === 'InProgress');
    idle = current.length === 0 ? idle + 1 : 0;
    if (current.length > 0) onWait(`${current.map(nameOf).join(', ')} in progress`);
    if (idle > 1) {
      const wait = explainWait(await pipeline.state(), id);
      if (wait !== undefined) say(wait);
    }
    return { kind: 'pending', changed };
  };
  return poll(look, options);
}

interface Failed {
  readonly pipeline: Pipeline;
  readonly execution: Execution;
  readonly runs: readonly ActionRun[];
  readonly run: ActionRun;
}

/** Whoever may not read the state or the definition is told the failure at once. */
async function awaitsRetry({ pipeline, execution, runs, run }: Failed): Promise<boolean> {
  try {
    const [stages, definition] = await Promise.all([pipeline.state(), pipeline.definition()]);
    const state = stages.find(({ name }) => name === run.stage);
    const retriesItself = definition.stages.some(({ name, retries }) => name === run.stage && retries);
    return isRetryPending({ execution, failed: run, runs, state, retriesItself });
  } catch (thrown) {
    if (toActionError(thrown).code === 'AWS_DENIED') return false;
    throw thrown;
  }
}
