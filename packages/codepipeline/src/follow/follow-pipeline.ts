import { ActionError } from '@eks-gitops/errors';
import type { BuildSource } from './builds.ts';
import { executionUrl } from './console-url.ts';
import type { ActionRun, Execution } from './execution.ts';
import { explainEnd, explainFailedAction, explainFailedStage } from './explain-failure.ts';
import { findExecution } from './find-execution.ts';
import { type Ending, followExecution } from './follow-execution.ts';
import type { Pipeline } from './open-pipeline.ts';
import { persist } from './poll.ts';
import { type Start, startRequest } from './start-request.ts';

/** Which execution is followed. */
export type Subject =
  | { readonly kind: 'execution'; readonly id: string; readonly commit: string | undefined }
  /** `within`: milliseconds in which it has to begin. */
  | { readonly kind: 'commit'; readonly commit: string; readonly within: number }
  | { readonly kind: 'start'; readonly start: Start };

export interface FollowOptions {
  readonly pipeline: Pipeline;
  readonly source: Pick<BuildSource, 'session'>;
  readonly subject: Subject;
  readonly onSuperseded: 'follow' | 'succeed' | 'fail';
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
  readonly onNotice: (notice: string) => void;
}

/** An execution that ended well, or was superseded where that is well too. */
export interface Followed {
  readonly execution: Execution;
  readonly runs: readonly ActionRun[];
  readonly url: string;
  /** The execution that was meant was overtaken by another. */
  readonly superseded: boolean;
}

/**
 * Finds or starts an execution and follows it until its end. Throws PIPELINE_FAILED, PIPELINE_STOPPED, PIPELINE_SUPERSEDED,
 * EXECUTION_MISSING, EXECUTION_UNEXPECTED, TIMED_OUT, INPUT_MISSING and INPUT_INVALID for a start, and as {@link Pipeline} does.
 */
export async function followPipeline(options: FollowOptions): Promise<Followed> {
  const { timeout, signal, pipeline } = options;
  const limit = AbortSignal.timeout(timeout);
  const wait = { for: 'its execution to begin' };
  try {
    return await follow(options, { signal: AbortSignal.any([signal, limit]), onWait: what => (wait.for = what) });
  } catch (thrown) {
    if (!limit.aborted || signal.aborted || thrown instanceof ActionError) throw thrown;
    throw new ActionError({
      code: 'TIMED_OUT',
      message: `The time limit of ${Math.round(timeout / 1000)} s ended before the execution of ${pipeline.name} did.`,
      found: wait.for,
      remedy:
        'give more time with timeout; the pipeline goes on by itself, and a run of this step with the same inputs follows it again',
    });
  }
}

interface Wait {
  readonly signal: AbortSignal;
  readonly onWait: (what: string) => void;
}

async function follow(options: FollowOptions, wait: Wait): Promise<Followed> {
  const { pipeline, subject, onSuperseded, onNotice } = options;
  let id = await beginExecution(options, wait);
  let expected = commitOf(subject);
  let superseded = false;
  for (;;) {
    const { onProgress } = options;
    const checkCommit = (execution: Execution): void => expectCommit(execution, expected);
    const ending = await followExecution({ pipeline, id, onProgress, ...wait, onLook: checkCommit });
    const url = executionUrl({ region: pipeline.region, pipeline: pipeline.name, id });
    const { execution, runs } = ending;
    if (ending.kind === 'succeeded') return { execution, runs, url, superseded };
    if (ending.kind !== 'superseded') throw await explainEnding(ending, options, { url, signal: wait.signal });
    superseded = true;
    if (onSuperseded === 'succeed') return { execution, runs, url, superseded };
    const next = await persist(() => findSuccessor(pipeline, id), { signal: wait.signal, onProgress });
    if (onSuperseded === 'fail' || next === undefined) throw overtaken({ pipeline, execution, next, url });
    onNotice(`The execution ${id} was superseded by ${next.id}${ofCommit(next)}, which is followed now.`);
    id = next.id;
    expected = undefined;
  }
}

async function beginExecution({ pipeline, subject, onProgress }: FollowOptions, { signal }: Wait): Promise<string> {
  const asking = { signal, onProgress };
  switch (subject.kind) {
    case 'execution':
      return subject.id;
    case 'commit':
      return findExecution({ pipeline, ...subject, ...asking });
    case 'start': {
      const definition = await persist(pipeline.definition, asking);
      const request = startRequest(subject.start, definition);
      // Safe to repeat, by its token.
      return persist(() => pipeline.start(request), asking);
    }
  }
}

function commitOf(subject: Subject): string | undefined {
  return subject.kind === 'start' ? subject.start.commit : subject.commit;
}

/** Before the source action has ended, an execution is of no commit. */
function expectCommit({ id, commits }: Execution, expected: string | undefined): void {
  if (expected === undefined || commits.length === 0 || commits.includes(expected)) return;
  throw new ActionError({
    code: 'EXECUTION_UNEXPECTED',
    message: `The execution ${id} is of another commit.`,
    expected,
    found: commits.join(', '),
    likely:
      'it is the execution of another push; in PARALLEL mode a CodeCommit source takes the newest commit, whichever started it',
  });
}

async function explainEnding(
  ending: Ending,
  { pipeline, source, onProgress, onNotice }: FollowOptions,
  { url, signal }: { url: string; signal: AbortSignal },
): Promise<ActionError> {
  const asking = { signal, onProgress };
  const about = { pipeline: pipeline.name, execution: ending.execution, url };
  if (ending.kind === 'failed') {
    const { failed: run } = ending;
    if (run === undefined) return explainFailedStage(about, await persist(pipeline.state, asking));
    return explainFailedAction({ ...about, run, source: { ...source, signal }, onNotice });
  }
  const kind = ending.kind === 'cancelled' ? 'cancelled' : 'stopped';
  const listed = (await persist(() => pipeline.executions(100), asking)).find(({ id }) => id === ending.execution.id);
  return explainEnd({ ...about, execution: listed ?? ending.execution }, kind);
}

/** The oldest execution after this one that was not superseded itself; the list is newest first. */
async function findSuccessor(pipeline: Pipeline, id: string): Promise<Execution | undefined> {
  const executions = await pipeline.executions(100);
  const own = executions.findIndex(one => one.id === id);
  const passedOver = ['Superseded', 'Cancelled'];
  return executions.slice(0, Math.max(0, own)).findLast(one => !one.isRollback && !passedOver.includes(one.status));
}

function overtaken(about: { pipeline: Pipeline; execution: Execution; next: Execution | undefined; url: string }): ActionError {
  const { pipeline, execution, next, url } = about;
  return new ActionError({
    code: 'PIPELINE_SUPERSEDED',
    message: `The execution ${execution.id} of ${pipeline.name} was superseded by a newer one.`,
    found: next === undefined ? 'no newer execution that goes on' : `${next.id}${ofCommit(next)}`,
    remedy: `Follow the newer one with on-superseded: follow. See ${url}`,
  });
}

function ofCommit({ commits: [commit] }: Execution): string {
  return commit === undefined ? '' : ` of commit ${commit}`;
}
