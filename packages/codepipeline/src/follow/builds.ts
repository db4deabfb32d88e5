import type { Build } from '@aws-sdk/client-codebuild';
import { explainAwsFailure } from '@eks-gitops/errors';
import { type AwsSession, awsClientSettings } from '../aws/session.ts';

export interface BuildSource {
  readonly session: AwsSession;
  readonly signal: AbortSignal;
}

/** A build of CodeBuild by its id, `project:uuid`; undefined when there is none. Throws AWS_DENIED, AWS_THROTTLED, AWS_UNREACHABLE. */
export async function readBuild(id: string, { session, signal }: BuildSource): Promise<Build | undefined> {
  const { BatchGetBuildsCommand, CodeBuildClient } = await import('@aws-sdk/client-codebuild');
  const client = new CodeBuildClient({ ...awsClientSettings, ...session });
  try {
    return (await client.send(new BatchGetBuildsCommand({ ids: [id] }), { abortSignal: signal })).builds?.[0];
  } catch (thrown) {
    signal.throwIfAborted();
    throw explainAwsFailure(thrown, {
      purpose: `read the build ${id}`,
      right: 'codebuild:BatchGetBuilds',
      resource: `arn:aws:codebuild:${session.region}:*:project/${id.split(':')[0]}`,
    });
  } finally {
    client.destroy();
  }
}

export interface LogPlace {
  readonly group: string;
  readonly stream: string;
  /** Nothing later is shown. */
  readonly until: Date | undefined;
}

/** `arn:aws:logs:REGION:ACCOUNT:log-group:GROUP:log-stream:STREAM` ("Resources defined by CloudWatch Logs"). */
export function parseLogStreamArn(arn: string): Omit<LogPlace, 'until'> | undefined {
  const [, group, stream] = /^arn:[^:]+:logs:[^:]*:[^:]*:log-group:([^:]+):log-stream:(.+)$/.exec(arn) ?? [];
  return group === undefined || stream === undefined ? undefined : { group, stream };
}

/** The last lines of a log in CloudWatch. Throws AWS_DENIED, AWS_THROTTLED, AWS_UNREACHABLE (for a log that is not there too). */
export async function readLogTail({ group, stream, until }: LogPlace, { session, signal }: BuildSource): Promise<string> {
  const { CloudWatchLogsClient, GetLogEventsCommand } = await import('@aws-sdk/client-cloudwatch-logs');
  const client = new CloudWatchLogsClient({ ...awsClientSettings, ...session });
  const command = new GetLogEventsCommand({
    logGroupName: group,
    logStreamName: stream,
    limit: lines,
    startFromHead: false,
    ...(until === undefined ? {} : { endTime: until.getTime() + clockDifference }),
  });
  try {
    const { events = [] } = await client.send(command, { abortSignal: signal });
    return events.map(({ message = '' }) => message.trimEnd()).join('\n');
  } catch (thrown) {
    signal.throwIfAborted();
    throw explainAwsFailure(thrown, {
      purpose: `read the log ${stream} of ${group}`,
      right: 'logs:GetLogEvents',
      resource: `arn:aws:logs:${session.region}:*:log-group:${group}:log-stream:${stream}`,
    });
  } finally {
    client.destroy();
  }
}

const lines = 40;
/** Milliseconds by which the times of phases and of log events may differ. */
const clockDifference = 2_000;
