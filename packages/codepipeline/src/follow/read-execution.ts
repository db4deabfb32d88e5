import type {
  ActionExecutionDetail,
  GetPipelineExecutionCommandOutput,
  PipelineExecutionSummary,
} from '@aws-sdk/client-codepipeline';
import { pipelineVariables } from '../names.ts';
import { type ActionRun, commitsAmong, type Execution } from './execution.ts';

const unknownTime = new Date(0);

/** Reads one of ListPipelineExecutions (API reference, PipelineExecutionSummary). */
export function readSummary(summary: PipelineExecutionSummary): Execution {
  return {
    id: summary.pipelineExecutionId ?? '',
    status: summary.status ?? 'InProgress',
    summary: summary.statusSummary,
    started: summary.startTime,
    commits: commitsAmong((summary.sourceRevisions ?? []).map(({ revisionId }) => revisionId)),
    isRollback: summary.executionType === 'ROLLBACK',
    stopReason: summary.stopTrigger?.reason,
  };
}

/** Reads GetPipelineExecution (API reference, PipelineExecution). A source that knows no commits leaves it to the pipeline's variable. */
export function readExecution({ pipelineExecution: found }: GetPipelineExecutionCommandOutput): Execution {
  const variables = (found?.variables ?? []).filter(({ name }) => name === pipelineVariables.revision);
  const revisions = (found?.artifactRevisions ?? []).map(({ revisionId }) => revisionId);
  return {
    id: found?.pipelineExecutionId ?? '',
    status: found?.status ?? 'InProgress',
    summary: found?.statusSummary,
    started: undefined,
    commits: commitsAmong([...revisions, ...variables.map(({ resolvedValue }) => resolvedValue)]),
    isRollback: found?.executionType === 'ROLLBACK',
    stopReason: undefined,
  };
}

/** Reads one of ListActionExecutions (API reference, ActionExecutionDetail). */
export function readActionRun(detail: ActionExecutionDetail): ActionRun {
  const { input, output } = detail;
  const { executionResult: result } = output ?? {};
  return {
    id: detail.actionExecutionId ?? '',
    stage: detail.stageName ?? '',
    action: detail.actionName ?? '',
    status: detail.status ?? 'InProgress',
    started: detail.startTime ?? unknownTime,
    updated: detail.lastUpdateTime ?? detail.startTime ?? unknownTime,
    category: input?.actionTypeId?.category ?? '',
    provider: input?.actionTypeId?.provider ?? '',
    externalId: result?.externalExecutionId,
    url: result?.externalExecutionUrl,
    summary: result?.errorDetails?.message ?? result?.externalExecutionSummary,
    logStreamArn: result?.logStreamARN,
    variables: output?.outputVariables ?? {},
  };
}
