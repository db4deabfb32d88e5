import { ActionError, awsErrorName, explainAwsFailure } from '@eks-gitops/errors';
import { type AwsSession, awsClientSettings } from '../aws/session.ts';
import { type PipelineDefinition, readDefinition } from './definition.ts';
import type { ActionRun, Execution } from './execution.ts';
import { readPipelineState, type StageState } from './pipeline-state.ts';
import { readActionRun, readExecution, readSummary } from './read-execution.ts';

export interface StartRequest {
  /** A repeated start with the same token gives the same execution. At most 128 letters, digits and hyphens. */
  readonly token: string;
  /** The commit that a source action is to take. */
  readonly revisions: readonly { readonly action: string; readonly commit: string }[];
  readonly variables: readonly { readonly name: string; readonly value: string }[];
}

/**
 * A pipeline, as CodePipeline's API tells of it. Everything throws PIPELINE_NOT_FOUND, EXECUTION_MISSING, AWS_DENIED, AWS_THROTTLED and
 * AWS_UNREACHABLE; starting also PIPELINE_REFUSED.
 */
export interface Pipeline {
  readonly name: string;
  readonly region: string;
  /** Newest first. */
  readonly executions: (limit: number) => Promise<readonly Execution[]>;
  readonly execution: (id: string) => Promise<Execution>;
  readonly runs: (id: string) => Promise<readonly ActionRun[]>;
  readonly state: () => Promise<readonly StageState[]>;
  readonly definition: () => Promise<PipelineDefinition>;
  /** Gives the id of the execution. */
  readonly start: (request: StartRequest) => Promise<string>;
  readonly close: () => void;
}

export interface PipelineOptions {
  readonly name: string;
  readonly session: AwsSession;
  readonly signal: AbortSignal;
}

const pageSize = 100;

export async function openPipeline({ name, session, signal }: PipelineOptions): Promise<Pipeline> {
  const sdk = await import('@aws-sdk/client-codepipeline');
  const { region, credentials } = session;
  const client = new sdk.CodePipelineClient({ ...awsClientSettings, region, credentials });
  const options = { abortSignal: signal };
  const call = async <T>(purpose: string, operation: string, send: () => Promise<T>): Promise<T> => {
    try {
      return await send();
    } catch (thrown) {
      signal.throwIfAborted();
      throw explain(thrown, { pipeline: name, region, purpose, operation });
    }
  };
  return {
    name,
    region,
    executions: limit =>
      call('list the executions', 'ListPipelineExecutions', async () => {
        const command = new sdk.ListPipelineExecutionsCommand({ pipelineName: name, maxResults: limit });
        return ((await client.send(command, options)).pipelineExecutionSummaries ?? []).map(readSummary);
      }),
    execution: id =>
      call(`read the execution ${id}`, 'GetPipelineExecution', async () => {
        const command = new sdk.GetPipelineExecutionCommand({ pipelineName: name, pipelineExecutionId: id });
        return readExecution(await client.send(command, options));
      }),
    runs: id =>
      call(`list the actions of the execution ${id}`, 'ListActionExecutions', async () => {
        const request = { pipelineName: name, filter: { pipelineExecutionId: id }, maxResults: pageSize };
        const runs: ActionRun[] = [];
        let nextToken: string | undefined;
        do {
          const page = await client.send(
            new sdk.ListActionExecutionsCommand({ ...request, ...(nextToken === undefined ? {} : { nextToken }) }),
            options,
          );
          runs.push(...(page.actionExecutionDetails ?? []).map(readActionRun));
          nextToken = page.nextToken;
        } while (nextToken !== undefined);
        return runs;
      }),
    state: () =>
      call('read the state', 'GetPipelineState', async () =>
        readPipelineState(await client.send(new sdk.GetPipelineStateCommand({ name }), options)),
      ),
    definition: () =>
      call('read the definition', 'GetPipeline', async () =>
        readDefinition(await client.send(new sdk.GetPipelineCommand({ name }), options)),
      ),
    start: ({ token, revisions, variables }) =>
      call('start an execution', 'StartPipelineExecution', async () => {
        const sourceRevisions = revisions.map(({ action, commit }) => ({
          actionName: action,
          revisionType: 'COMMIT_ID' as const,
          revisionValue: commit,
        }));
        const command = new sdk.StartPipelineExecutionCommand({
          name,
          clientRequestToken: token,
          ...(sourceRevisions.length === 0 ? {} : { sourceRevisions }),
          ...(variables.length === 0 ? {} : { variables: [...variables] }),
        });
        return (await client.send(command, options)).pipelineExecutionId ?? '';
      }),
    close: () => client.destroy(),
  };
}

interface Asked {
  readonly pipeline: string;
  readonly region: string;
  readonly purpose: string;
  readonly operation: string;
}

function explain(thrown: unknown, { pipeline, region, purpose, operation }: Asked): ActionError {
  const found = thrown instanceof Error ? thrown.message : String(thrown);
  switch (awsErrorName(thrown)) {
    case 'PipelineNotFoundException':
      return new ActionError({
        code: 'PIPELINE_NOT_FOUND',
        message: `There is no pipeline ${pipeline} in ${region}.`,
        found,
        likely: 'the name is misspelt, or the pipeline is in another region or account',
        remedy: `List those that there are: aws codepipeline list-pipelines --region ${region}`,
        cause: thrown,
      });
    case 'PipelineExecutionNotFoundException':
      return new ActionError({
        code: 'EXECUTION_MISSING',
        message: `The pipeline ${pipeline} has no such execution: could not ${purpose}.`,
        found,
        remedy: `List those that there are: aws codepipeline list-pipeline-executions --pipeline-name ${pipeline} --region ${region}`,
        cause: thrown,
      });
    case 'ValidationException':
    case 'ConflictException':
    case 'ConcurrentPipelineExecutionsLimitExceededException':
      return new ActionError({
        code: 'PIPELINE_REFUSED',
        message: `The pipeline ${pipeline} refused: could not ${purpose}.`,
        found,
        cause: thrown,
      });
    default:
      return explainAwsFailure(thrown, {
        purpose: `${purpose} of the pipeline ${pipeline} in ${region}`,
        right: `codepipeline:${operation}`,
        resource: `arn:aws:codepipeline:${region}:*:${pipeline}`,
      });
  }
}
