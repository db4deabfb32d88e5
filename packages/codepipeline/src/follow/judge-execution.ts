import { type ActionRun, type Execution, newestRuns } from './execution.ts';
import type { StageState } from './pipeline-state.ts';

/** How an execution stands. */
export type Verdict =
  | { readonly kind: 'going' | 'succeeded' | 'superseded' | 'stopped' | 'cancelled' }
  /** Without a run, no action is known to have failed: a condition of a stage, for example. */
  | { readonly kind: 'failed'; readonly run: ActionRun | undefined };

/**
 * Judges by the status of the execution ("PipelineExecution", API reference), and by its actions: one that failed is the end of it, even
 * while others of its stage go on.
 */
export function judgeExecution(execution: Execution, runs: readonly ActionRun[]): Verdict {
  switch (execution.status) {
    case 'Succeeded':
      return { kind: 'succeeded' };
    case 'Superseded':
      return { kind: 'superseded' };
    case 'Stopped':
      return { kind: 'stopped' };
    case 'Cancelled':
      return { kind: 'cancelled' };
    case 'Failed':
      return { kind: 'failed', run: failedRun(runs) };
    default: {
      const run = failedRun(runs);
      return run === undefined ? { kind: 'going' } : { kind: 'failed', run };
    }
  }
}

/** The first of the newest runs that failed. */
function failedRun(runs: readonly ActionRun[]): ActionRun | undefined {
  return newestRuns(runs)
    .filter(({ status }) => status === 'Failed')
    .sort((a, b) => a.updated.getTime() - b.updated.getTime())[0];
}

export interface RetryQuestion {
  readonly execution: Execution;
  readonly failed: ActionRun;
  readonly runs: readonly ActionRun[];
  /** Of the stage that the action is in. */
  readonly state: StageState | undefined;
  /** Its own rule is to try again once ("Configure automatic retry on stage failure", CodePipeline user guide). */
  readonly retriesItself: boolean;
}

/**
 * Whether the stage is about to be tried again, or is: by its own rule, or because it was retried (by whomever) more often than the
 * failed action has been run again. An execution that has ended as failed is only still going when its stage's own rule was not used yet,
 * and no other execution has entered the stage.
 */
export function isRetryPending({ execution, failed, runs, state, retriesItself }: RetryQuestion): boolean {
  const isOurs = state?.execution === undefined || state.execution.id === execution.id;
  if (!isOurs && execution.status === 'Failed') return false;
  const own = isOurs && state !== undefined ? state.retries : { manual: 0, automatic: 0 };
  if (retriesItself && own.automatic === 0) return true;
  const tried = runs.filter(({ stage, action }) => stage === failed.stage && action === failed.action).length;
  return execution.status === 'InProgress' && own.manual + own.automatic > tried - 1;
}
