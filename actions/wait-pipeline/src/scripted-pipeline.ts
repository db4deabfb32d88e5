import type { AwsScript } from '@eks-gitops/testbed';

/** An action run in a frame; its times follow from the frame in which it first stands, and the one in which it changed last. */
export interface ScriptedRun {
  readonly id: string;
  readonly stage: string;
  readonly action: string;
  readonly status: 'InProgress' | 'Abandoned' | 'Succeeded' | 'Failed';
  readonly category?: 'Source' | 'Build' | 'Approval' | 'Deploy';
  readonly provider?: string;
  readonly result?: object;
  readonly variables?: Readonly<Record<string, string>>;
}

/** What is seen of an execution at one time. */
export interface Frame {
  readonly status: 'Cancelled' | 'InProgress' | 'Stopped' | 'Stopping' | 'Succeeded' | 'Superseded' | 'Failed';
  readonly statusSummary?: string;
  readonly runs: readonly ScriptedRun[];
  /** The stages of GetPipelineState. */
  readonly stages?: readonly object[];
}

/** An execution goes on by a frame each time that GetPipelineExecution asks for it; the last one stays. */
export interface ScriptedExecution {
  readonly id: string;
  readonly commit?: string;
  readonly frames: readonly [Frame, ...Frame[]];
  /** More of its summary in ListPipelineExecutions. */
  readonly listed?: object;
  /** More of it in GetPipelineExecution. */
  readonly detail?: object;
  /** It is listed from this look on, counted from 1. */
  readonly listedFrom?: number;
}

export interface PipelineScript {
  /** Newest first. */
  readonly executions: readonly ScriptedExecution[];
  /** More of GetPipeline's stages; default: a CodeCommit source alone. */
  readonly stages?: readonly object[];
  readonly variables?: readonly object[];
  readonly builds?: readonly object[];
  /** Lines by log stream. */
  readonly logs?: Readonly<Record<string, readonly string[]>>;
  /** Answers in place of the script's, for the calls where it gives something. */
  readonly fault?: (operation: string, count: number) => { code: string; message: string } | undefined;
}

export const pipeline = 'shop';
const begun = Date.parse('2026-11-25T10:00:00Z');
/** Milliseconds from frame to frame, by the script's own clock. */
const step = 30_000;

/** CodePipeline with one pipeline; `started` is given the inputs of StartPipelineExecution. */
export function playPipeline(script: PipelineScript, started: Readonly<Record<string, unknown>>[]): AwsScript {
  const seen = new Map<string, number>();
  const frameOf = ({ id, frames }: ScriptedExecution): Frame =>
    frames[Math.min(Math.max(0, (seen.get(id) ?? 0) - 1), frames.length - 1)] ?? frames[0];
  const find = (id: unknown) => script.executions.find(one => one.id === id);
  let latest: ScriptedExecution | undefined;
  return ({ operation, input, count }) => {
    const fault = script.fault?.(operation, count);
    if (fault !== undefined) return { kind: 'error', ...fault };
    switch (operation) {
      case 'ListPipelineExecutions': {
        const listed = script.executions.filter(({ listedFrom = 1 }) => count >= listedFrom);
        return { kind: 'output', output: { pipelineExecutionSummaries: listed.map(one => summary(one, frameOf(one))) } };
      }
      case 'GetPipelineExecution': {
        const execution = find(input['pipelineExecutionId']);
        if (execution === undefined) {
          return { kind: 'error', code: 'PipelineExecutionNotFoundException', message: 'There is no such execution.' };
        }
        seen.set(execution.id, (seen.get(execution.id) ?? 0) + 1);
        latest = execution;
        return { kind: 'output', output: { pipelineExecution: detail(execution, frameOf(execution)) } };
      }
      case 'ListActionExecutions':
        return { kind: 'output', output: { actionExecutionDetails: latest ? runsOf(latest, frameOf(latest)) : [] } };
      case 'GetPipelineState':
        return { kind: 'output', output: { pipelineName: pipeline, stageStates: (latest && frameOf(latest).stages) ?? [] } };
      case 'GetPipeline':
        return { kind: 'output', output: { pipeline: definition(script) } };
      default: {
        started.push(input);
        return { kind: 'output', output: { pipelineExecutionId: script.executions[0]?.id } };
      }
    }
  };
}

function summary({ id, commit, listed }: ScriptedExecution, { status, statusSummary }: Frame): object {
  const sourceRevisions = commit === undefined ? [] : [{ actionName: 'source', revisionId: commit }];
  const said = statusSummary === undefined ? {} : { statusSummary };
  return {
    pipelineExecutionId: id,
    status,
    ...said,
    startTime: new Date(begun),
    sourceRevisions,
    executionMode: 'SUPERSEDED',
    ...listed,
  };
}

function detail({ id, commit, detail: more }: ScriptedExecution, { status, statusSummary }: Frame): object {
  const artifactRevisions = commit === undefined ? [] : [{ name: 'source', revisionId: commit }];
  const said = statusSummary === undefined ? {} : { statusSummary };
  return { pipelineName: pipeline, pipelineVersion: 1, pipelineExecutionId: id, status, ...said, artifactRevisions, ...more };
}

/** Newest first, as they are listed. */
function runsOf({ id, frames }: ScriptedExecution, frame: Frame): readonly object[] {
  const now = frames.indexOf(frame);
  const details = frame.runs.map((run, order) => {
    const first = frames.findIndex(one => one.runs.some(other => other.id === run.id));
    const changed = frames.findIndex(one => one.runs.some(other => other.id === run.id && other.status === run.status));
    const { category = 'Build', provider = 'CodeBuild' } = run;
    return {
      pipelineExecutionId: id,
      actionExecutionId: run.id,
      pipelineVersion: 1,
      stageName: run.stage,
      actionName: run.action,
      startTime: new Date(begun + first * step + order),
      lastUpdateTime: new Date(begun + Math.min(changed, now) * step + order),
      status: run.status,
      input: { actionTypeId: { category, owner: 'AWS', provider, version: '1' } },
      output: {
        executionResult: { externalExecutionId: `shop-${run.action}:${run.id}`, ...run.result },
        outputVariables: run.variables ?? {},
      },
    };
  });
  return details.reverse();
}

function definition({ stages, variables = [] }: PipelineScript): object {
  const actionTypeId = { category: 'Source', owner: 'AWS', provider: 'CodeCommit', version: '1' };
  const source = { name: 'Source', actions: [{ name: 'source', actionTypeId }] };
  return { name: pipeline, roleArn: 'arn:aws:iam::123456789012:role/shop', stages: stages ?? [source], variables };
}

export function playBuilds({ builds = [] }: PipelineScript): AwsScript {
  return ({ input }) => ({ kind: 'output', output: { builds: builds.filter(build => isAsked(build, input['ids'])) } });
}

function isAsked(build: object, ids: unknown): boolean {
  return Array.isArray(ids) && 'id' in build && ids.includes(build.id);
}

export function playLogs({ logs = {} }: PipelineScript): AwsScript {
  return ({ input }) => {
    const lines = logs[String(input['logStreamName'])];
    if (lines === undefined)
      return { kind: 'error', code: 'ResourceNotFoundException', message: 'The log stream does not exist.' };
    const limit = Number(input['limit']);
    return { kind: 'output', output: { events: lines.slice(-limit).map(message => ({ timestamp: begun, message })) } };
  };
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export const playRoles: AwsScript = ({ input }) => {
  const Arn = `${input['RoleArn']}/${input['RoleSessionName']}`;
  const Credentials = {
    AccessKeyId: 'ASIAIOSFODNN7EXAMPLE',
    SecretAccessKey: 'secret-of-the-session',
    SessionToken: 'token-of-the-session',
    Expiration: new Date(Date.now() + 3_600_000),
  };
  return { kind: 'output', output: { Credentials, AssumedRoleUser: { AssumedRoleId: 'AROA123EXAMPLE123:x', Arn } } };
};
