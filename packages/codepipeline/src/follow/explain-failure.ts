import { ActionError, toActionError } from '@eks-gitops/errors';
import { describeBuildFailure, findBuildFailure } from './build-failure.ts';
import { type BuildSource, type LogPlace, parseLogStreamArn, readBuild, readLogTail } from './builds.ts';
import { type ActionRun, type Execution, nameOf } from './execution.ts';
import type { StageState } from './pipeline-state.ts';

export interface FailedExecution {
  readonly pipeline: string;
  readonly execution: Execution;
  readonly url: string;
}

export interface FailedAction extends FailedExecution {
  readonly run: ActionRun;
  readonly source: BuildSource;
  readonly onNotice: (notice: string) => void;
}

/** Says why an action failed: the phase, command and exit code of its build, with the end of the log, else the provider's own words. */
export async function explainFailedAction(failed: FailedAction): Promise<ActionError> {
  const { pipeline, execution, run, url, source, onNotice } = failed;
  const { what, words, log } =
    run.provider === 'CodeBuild' && run.externalId ? await explainBuild(failed, run.externalId) : plain(run);
  const tail = log === undefined ? undefined : await optional(() => readLogTail(log, source), onNotice);
  const reason = what === undefined ? '' : `: ${what}`;
  return new ActionError({
    code: 'PIPELINE_FAILED',
    message: `${nameOf(run)} has failed in the execution ${execution.id} of ${pipeline}${reason}.`,
    found: words,
    remedy: `See ${run.url ?? url}, and once it is repaired push again or retry the stage ${run.stage}.`,
    detail: tail === undefined || tail === '' ? undefined : tail,
  });
}

interface Explanation {
  readonly what: string | undefined;
  readonly words: string | undefined;
  readonly log: LogPlace | undefined;
}

function plain({ summary, logStreamArn }: ActionRun): Explanation {
  const place = logStreamArn === undefined ? undefined : parseLogStreamArn(logStreamArn);
  return { what: undefined, words: summary, log: place && { ...place, until: undefined } };
}

async function explainBuild({ run, source, onNotice }: FailedAction, id: string): Promise<Explanation> {
  const build = await optional(() => readBuild(id, source), onNotice);
  if (build === undefined) return plain(run);
  const failure = findBuildFailure(build);
  const { groupName: group, streamName: stream } = build.logs ?? {};
  return {
    what: failure && describeBuildFailure(failure),
    words: failure?.words ?? run.summary,
    log: group && stream ? { group, stream, until: failure?.ended } : undefined,
  };
}

/** What explains a failure must not hide it: without the right to read it, the failure is told without. */
async function optional<T>(read: () => Promise<T>, onNotice: (notice: string) => void): Promise<T | undefined> {
  try {
    return await read();
  } catch (thrown) {
    const error = toActionError(thrown);
    if (error.code === 'CANCELLED' || error.code === 'UNEXPECTED') throw thrown;
    onNotice([error.message, error.failure.remedy].filter(part => part !== undefined).join(' '));
    return undefined;
  }
}

/** Says why an execution failed in which no action did: what its stage's conditions said, else AWS's words on the status. */
export function explainFailedStage({ pipeline, execution, url }: FailedExecution, stages: readonly StageState[]): ActionError {
  const stage = stages.find(one => one.execution?.id === execution.id && one.execution.status === 'Failed');
  return new ActionError({
    code: 'PIPELINE_FAILED',
    message: `The execution ${execution.id} of ${pipeline} has failed${stage === undefined ? '' : ` in the stage ${stage.name}`}.`,
    found: stage?.unmet.join('; ') || execution.summary,
    remedy: `See ${url}`,
  });
}

/** Says that somebody stopped an execution, or changed its pipeline while it ran. */
export function explainEnd({ pipeline, execution, url }: FailedExecution, kind: 'stopped' | 'cancelled'): ActionError {
  const stopped = kind === 'stopped';
  return new ActionError({
    code: 'PIPELINE_STOPPED',
    message: `The execution ${execution.id} of ${pipeline} was ${stopped ? 'stopped' : 'cancelled'}.`,
    found: execution.stopReason ?? execution.summary,
    likely: stopped ? undefined : 'the definition of the pipeline was changed while it ran',
    remedy: stopped ? `Retry its stage, or start the pipeline again: ${url}` : 'Start the pipeline again.',
  });
}
