import type { Change, StackEvent, StackResourceSummary } from '@aws-sdk/client-cloudformation';
import { ActionError, awsErrorName, explainAwsFailure } from '@eks-gitops/errors';
import { type AwsSession, awsClientSettings } from '../aws/session.ts';
import type { CloudFormation } from './cloudformation.ts';

export interface CloudFormationOptions {
  readonly session: AwsSession;
  readonly signal: AbortSignal;
}

/** A throttled call is repeated for some 20 seconds before it counts as failed: DescribeStackEvents shares its rate with the whole account. */
const settings = { ...awsClientSettings, maxAttempts: 8 };

interface Call {
  /** Up to the name: `describe the stack`. */
  readonly purpose: string;
  readonly operation: string;
  /** The stack's name or id. */
  readonly stack: string;
}

/** Every function throws AWS_DENIED, AWS_THROTTLED, AWS_UNREACHABLE and, for what CloudFormation refuses, CHANGES_INVALID. */
export async function openCloudFormation({ session, signal }: CloudFormationOptions): Promise<CloudFormation> {
  const sdk = await import('@aws-sdk/client-cloudformation');
  const { region, credentials } = session;
  const client = new sdk.CloudFormationClient({ ...settings, region, credentials });

  const call = async <T>(about: Call, send: (options: { abortSignal: AbortSignal }) => Promise<T>): Promise<T> => {
    try {
      return await send({ abortSignal: signal });
    } catch (thrown) {
      signal.throwIfAborted();
      throw explain(thrown, { ...about, region });
    }
  };

  return {
    region,
    findStack: nameOrId =>
      call({ purpose: 'describe the stack', operation: 'DescribeStacks', stack: nameOrId }, async options => {
        const asked = client.send(new sdk.DescribeStacksCommand({ StackName: nameOrId }), options);
        return (await orNothing(asked, isNoStack))?.Stacks?.[0];
      }),
    templateOf: stackId =>
      call({ purpose: 'read the template of the stack', operation: 'GetTemplate', stack: stackId }, async options => {
        const command = new sdk.GetTemplateCommand({ StackName: stackId, TemplateStage: 'Original' });
        return (await client.send(command, options)).TemplateBody ?? '';
      }),
    resourcesOf: stackId =>
      call(
        { purpose: 'list the resources of the stack', operation: 'ListStackResources', stack: stackId },
        async ({ abortSignal }) => {
          const pages = sdk.paginateListStackResources({ client }, { StackName: stackId });
          const found: StackResourceSummary[] = [];
          for await (const { StackResourceSummaries = [] } of pages) {
            abortSignal.throwIfAborted();
            found.push(...StackResourceSummaries);
          }
          return found;
        },
      ),
    createChangeSet: ({ stack, name, type, template, role, token }) =>
      call({ purpose: 'make a change set for the stack', operation: 'CreateChangeSet', stack }, async options => {
        const command = new sdk.CreateChangeSetCommand({
          StackName: stack,
          ChangeSetName: name,
          ChangeSetType: type,
          TemplateBody: template,
          Capabilities: ['CAPABILITY_NAMED_IAM'],
          ClientToken: token,
          ...(role === undefined ? {} : { RoleARN: role }),
        });
        return (await orNothing(client.send(command, options), isCalled('AlreadyExists'))) !== undefined;
      }),
    findChangeSet: (stack, name) =>
      call({ purpose: 'describe the change set of the stack', operation: 'DescribeChangeSet', stack }, async options => {
        const changes: Change[] = [];
        for (let next: string | undefined; ; ) {
          const page = { StackName: stack, ChangeSetName: name, ...(next === undefined ? {} : { NextToken: next }) };
          const asked = client.send(new sdk.DescribeChangeSetCommand(page), options);
          const told = await orNothing(asked, isCalled('ChangeSetNotFound'));
          if (told === undefined) return undefined;
          changes.push(...(told.Changes ?? []));
          next = told.NextToken;
          if (next !== undefined) continue;
          const { ChangeSetId: id = '', Status: status = '', ExecutionStatus: execution = '', StatusReason: reason = '' } = told;
          return { id, status, execution, reason, changes };
        }
      }),
    faultsOf: changeSetId =>
      call({ purpose: 'read what failed in the change set', operation: 'DescribeEvents', stack: changeSetId }, async options => {
        const command = new sdk.DescribeEventsCommand({ ChangeSetName: changeSetId, Filters: { FailedEvents: true } });
        const { OperationEvents = [] } = await client.send(command, options);
        return OperationEvents.flatMap(({ LogicalResourceId, ValidationStatusReason: reason, ValidationPath: path }) =>
          reason === undefined ? [] : [`${LogicalResourceId}: ${reason}${path === undefined ? '' : ` (${path})`}`],
        );
      }),
    deleteChangeSet: changeSetId =>
      call({ purpose: 'delete the change set', operation: 'DeleteChangeSet', stack: changeSetId }, async options => {
        await client.send(new sdk.DeleteChangeSetCommand({ ChangeSetName: changeSetId }), options);
      }),
    hasChangeSets: stackId =>
      call({ purpose: 'list the change sets of the stack', operation: 'ListChangeSets', stack: stackId }, async options => {
        const { Summaries = [] } = await client.send(new sdk.ListChangeSetsCommand({ StackName: stackId }), options);
        return Summaries.length > 0;
      }),
    execute: (changeSetId, token) =>
      call({ purpose: 'execute the change set', operation: 'ExecuteChangeSet', stack: changeSetId }, async options => {
        await client.send(new sdk.ExecuteChangeSetCommand({ ChangeSetName: changeSetId, ClientRequestToken: token }), options);
      }),
    deleteStack: (stackId, { role, token }) =>
      call({ purpose: 'delete the stack', operation: 'DeleteStack', stack: stackId }, async options => {
        const input = { StackName: stackId, ClientRequestToken: token, ...(role === undefined ? {} : { RoleARN: role }) };
        await client.send(new sdk.DeleteStackCommand(input), options);
      }),
    events: (stackId, reached) =>
      call(
        { purpose: 'read the events of the stack', operation: 'DescribeStackEvents', stack: stackId },
        async ({ abortSignal }) => {
          const found: StackEvent[] = [];
          for await (const { StackEvents = [] } of sdk.paginateDescribeStackEvents({ client }, { StackName: stackId })) {
            abortSignal.throwIfAborted();
            const last = StackEvents.findIndex(reached);
            found.push(...(last === -1 ? StackEvents : StackEvents.slice(0, last + 1)));
            if (last !== -1) break;
          }
          return found.reverse();
        },
      ),
    close: () => client.destroy(),
  };
}

function explain(thrown: unknown, { purpose, operation, stack, region }: Call & { region: string }): ActionError {
  const [, name = stack] = /:(?:stack|changeSet)\/([^/]+)/.exec(stack) ?? [];
  if (/^(?:ValidationError|InvalidChangeSetStatus|ChangeSetNotFound|TokenAlreadyExistsException)/.test(awsErrorName(thrown))) {
    return new ActionError({
      code: 'CHANGES_INVALID',
      message: `CloudFormation refused: could not ${purpose} ${name}.`,
      found: thrown instanceof Error ? thrown.message : String(thrown),
      cause: thrown,
    });
  }
  return explainAwsFailure(thrown, {
    purpose: `${purpose} ${name} in ${region}`,
    right: `cloudformation:${operation}`,
    resource: stack.startsWith('arn:') ? stack : `arn:aws:cloudformation:${region}:*:stack/${stack}/*`,
  });
}

async function orNothing<T>(asked: Promise<T>, isAbsence: (thrown: Error) => boolean): Promise<T | undefined> {
  try {
    return await asked;
  } catch (thrown) {
    if (thrown instanceof Error && isAbsence(thrown)) return undefined;
    throw thrown;
  }
}

function isCalled(name: string): (thrown: Error) => boolean {
  return thrown => thrown.name.startsWith(name);
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html: "If the stack doesn't exist, a ValidationError is returned". */
function isNoStack({ name, message }: Error): boolean {
  return name === 'ValidationError' && /does not exist/.test(message);
}
