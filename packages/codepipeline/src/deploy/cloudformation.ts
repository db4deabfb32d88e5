import type { Change, CloudFormationClient, Stack, StackEvent, StackResourceSummary } from '@aws-sdk/client-cloudformation';
import { type AwsCall, explainAwsFailure } from './aws-failure.ts';

export interface CloudFormationOptions {
  /** Else that of the environment or the profile, as the AWS SDK finds it; the credentials likewise. */
  readonly region: string | undefined;
  readonly signal: AbortSignal;
}

export interface ChangeSet {
  readonly id: string;
  readonly status: string;
  /** Whether it can be executed: `AVAILABLE`, `OBSOLETE` … */
  readonly execution: string;
  readonly reason: string;
  readonly changes: readonly Change[];
}

export interface NewChangeSet {
  readonly stack: string;
  readonly name: string;
  readonly type: 'CREATE' | 'UPDATE';
  readonly template: string;
  /** The ARN of the role that CloudFormation works with; else it works with the caller's rights. */
  readonly role: string | undefined;
  readonly token: string;
}

/** CloudFormation as far as it is needed here: one function a call, failures explained, pages joined. */
export interface CloudFormation {
  readonly region: string;
  /** Of a name, only a stack that is there; of an id, a deleted one too. */
  readonly findStack: (nameOrId: string) => Promise<Stack | undefined>;
  readonly templateOf: (stackId: string) => Promise<string>;
  readonly resourcesOf: (stackId: string) => Promise<readonly StackResourceSummary[]>;
  /** False where there is a change set of that name already. */
  readonly createChangeSet: (set: NewChangeSet) => Promise<boolean>;
  readonly findChangeSet: (stack: string, name: string) => Promise<ChangeSet | undefined>;
  /** What the validation before deployment found wrong in a change set that failed. */
  readonly faultsOf: (changeSetId: string) => Promise<readonly string[]>;
  readonly deleteChangeSet: (changeSetId: string) => Promise<void>;
  readonly hasChangeSets: (stackId: string) => Promise<boolean>;
  readonly execute: (changeSetId: string, token: string) => Promise<void>;
  readonly deleteStack: (stackId: string, options: { role: string | undefined; token: string }) => Promise<void>;
  /** In the order of time, the last of them back to the newest for which `reached` is true, that one included. */
  readonly events: (stackId: string, reached: (event: StackEvent) => boolean) => Promise<readonly StackEvent[]>;
  readonly close: () => void;
}

/** Time-outs and repetitions; a throttled call is repeated for some 20 seconds before it counts as failed. */
const settings = {
  maxAttempts: 8,
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 15_000, throwOnRequestTimeout: true },
};

/** Throws INPUT_MISSING where no region is known; every call AWS_DENIED, AWS_CREDENTIALS_MISSING, AWS_UNREACHABLE, CHANGES_INVALID. */
export async function openCloudFormation({ region: given, signal }: CloudFormationOptions): Promise<CloudFormation> {
  const sdk = await import('@aws-sdk/client-cloudformation');
  const client = new sdk.CloudFormationClient({ ...settings, ...(given === undefined ? {} : { region: given }) });
  const region = await regionOf(client);

  const call = async <T>(
    { purpose, right }: AwsCall,
    send: (options: { abortSignal: AbortSignal }) => Promise<T>,
  ): Promise<T> => {
    try {
      return await send({ abortSignal: signal });
    } catch (thrown) {
      signal.throwIfAborted();
      throw explainAwsFailure(thrown, { purpose, right });
    }
  };

  return {
    region,
    findStack: nameOrId =>
      call({ purpose: `describe the stack ${nameOrId}`, right: 'cloudformation:DescribeStacks' }, async options => {
        const asked = client.send(new sdk.DescribeStacksCommand({ StackName: nameOrId }), options);
        return (await orNothing(asked, isNoStack))?.Stacks?.[0];
      }),
    templateOf: stackId =>
      call({ purpose: `read the template of ${stackId}`, right: 'cloudformation:GetTemplate' }, async options => {
        const command = new sdk.GetTemplateCommand({ StackName: stackId, TemplateStage: 'Original' });
        return (await client.send(command, options)).TemplateBody ?? '';
      }),
    resourcesOf: stackId =>
      call(
        { purpose: `list the resources of ${stackId}`, right: 'cloudformation:ListStackResources' },
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
      call({ purpose: `make a change set for the stack ${stack}`, right: 'cloudformation:CreateChangeSet' }, async options => {
        const command = new sdk.CreateChangeSetCommand({
          StackName: stack,
          ChangeSetName: name,
          ChangeSetType: type,
          TemplateBody: template,
          Capabilities: ['CAPABILITY_NAMED_IAM'],
          ClientToken: token,
          ...(role === undefined ? {} : { RoleARN: role }),
        });
        return (await orNothing(client.send(command, options), isCalled('AlreadyExistsException'))) !== undefined;
      }),
    findChangeSet: (stack, name) =>
      call({ purpose: `describe the change set of ${stack}`, right: 'cloudformation:DescribeChangeSet' }, async options => {
        const changes: Change[] = [];
        for (let next: string | undefined; ; ) {
          const page = { StackName: stack, ChangeSetName: name, ...(next === undefined ? {} : { NextToken: next }) };
          const asked = client.send(new sdk.DescribeChangeSetCommand(page), options);
          const told = await orNothing(asked, isCalled('ChangeSetNotFoundException'));
          if (told === undefined) return undefined;
          changes.push(...(told.Changes ?? []));
          next = told.NextToken;
          if (next !== undefined) continue;
          const { ChangeSetId: id = '', Status: status = '', ExecutionStatus: execution = '', StatusReason: reason = '' } = told;
          return { id, status, execution, reason, changes };
        }
      }),
    faultsOf: changeSetId =>
      call({ purpose: 'read what failed in the change set', right: 'cloudformation:DescribeEvents' }, async options => {
        const command = new sdk.DescribeEventsCommand({ ChangeSetName: changeSetId, Filters: { FailedEvents: true } });
        const { OperationEvents = [] } = await client.send(command, options);
        return OperationEvents.flatMap(({ LogicalResourceId, ValidationStatusReason: reason, ValidationPath: path }) =>
          reason === undefined ? [] : [`${LogicalResourceId}: ${reason}${path === undefined ? '' : ` (${path})`}`],
        );
      }),
    deleteChangeSet: changeSetId =>
      call({ purpose: 'delete the change set', right: 'cloudformation:DeleteChangeSet' }, async options => {
        await client.send(new sdk.DeleteChangeSetCommand({ ChangeSetName: changeSetId }), options);
      }),
    hasChangeSets: stackId =>
      call({ purpose: `list the change sets of ${stackId}`, right: 'cloudformation:ListChangeSets' }, async options => {
        const { Summaries = [] } = await client.send(new sdk.ListChangeSetsCommand({ StackName: stackId }), options);
        return Summaries.length > 0;
      }),
    execute: (changeSetId, token) =>
      call({ purpose: 'execute the change set', right: 'cloudformation:ExecuteChangeSet' }, async options => {
        await client.send(new sdk.ExecuteChangeSetCommand({ ChangeSetName: changeSetId, ClientRequestToken: token }), options);
      }),
    deleteStack: (stackId, { role, token }) =>
      call({ purpose: `delete the stack ${stackId}`, right: 'cloudformation:DeleteStack' }, async options => {
        const input = { StackName: stackId, ClientRequestToken: token, ...(role === undefined ? {} : { RoleARN: role }) };
        await client.send(new sdk.DeleteStackCommand(input), options);
      }),
    events: (stackId, reached) =>
      call({ purpose: `read the events of ${stackId}`, right: 'cloudformation:DescribeStackEvents' }, async ({ abortSignal }) => {
        const found: StackEvent[] = [];
        for await (const { StackEvents = [] } of sdk.paginateDescribeStackEvents({ client }, { StackName: stackId })) {
          abortSignal.throwIfAborted();
          const last = StackEvents.findIndex(reached);
          found.push(...(last === -1 ? StackEvents : StackEvents.slice(0, last + 1)));
          if (last !== -1) break;
        }
        return found.reverse();
      }),
    close: () => client.destroy(),
  };
}

async function regionOf(client: CloudFormationClient): Promise<string> {
  try {
    return await client.config.region();
  } catch (thrown) {
    throw explainAwsFailure(thrown, { purpose: 'find the region', right: '' });
  }
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
  return thrown => thrown.name === name;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html: "If the stack doesn't exist, a ValidationError is returned". */
function isNoStack({ name, message }: Error): boolean {
  return name === 'ValidationError' && /does not exist/.test(message);
}
