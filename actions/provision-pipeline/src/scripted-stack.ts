import { randomUUID } from 'node:crypto';
import type { AwsScript, ScriptedAnswer } from '@eks-gitops/testbed';
import { z } from 'zod';

/** An event of a stack: of the stack itself, or of a resource in it. */
export type ScriptedEvent = readonly [subject: 'stack' | (string & {}), status: string, reason?: string];

export interface StackScript {
  /** What there is before the command runs. */
  readonly stack?: {
    readonly status: string;
    readonly reason?: string;
    readonly template: string;
    readonly events?: readonly ScriptedEvent[];
  };
  /** What happens to it, two events a look: at once where the stack is in progress, else from the execution or deletion on. One list each. */
  readonly courses?: readonly (readonly ScriptedEvent[])[];
  /** Changes that CloudFormation tells; default: every resource as added, or nothing where the template is the same. */
  readonly changes?: readonly object[];
  /** Why no change set can be made. */
  readonly invalid?: { readonly reason: string; readonly events?: readonly object[] };
  /** A change set that a killed run has left is there already, as this. */
  readonly leftover?: { readonly Status: string; readonly ExecutionStatus: string };
  readonly fault?: (operation: string, count: number) => { code: string; message: string } | undefined;
}

export const stackId = 'arn:aws:cloudformation:us-west-2:123456789012:stack/shop/0a1b2c3d';
const resources = z.object({ Resources: z.record(z.string(), z.object({ Type: z.string() })) });

/** What CloudFormation holds while a script is played. */
export interface State {
  stack: { status: string; reason: string | undefined; template: string } | undefined;
  readonly events: object[];
  readonly sets: Map<string, { Status: string; ExecutionStatus: string; StatusReason?: string; template: string; looks: number }>;
  readonly courses: (readonly ScriptedEvent[])[];
  course: ScriptedEvent[];
}

/** What there is before the command runs. */
export function stateOf({ stack, courses = [] }: StackScript): State {
  const state: State = { stack: undefined, events: [], sets: new Map(), courses: [...courses], course: [] };
  if (stack === undefined) return state;
  state.stack = { status: stack.status, reason: stack.reason, template: stack.template };
  for (const event of stack.events ?? [['stack', stack.status]]) happen(state, event);
  state.stack.status = stack.status;
  if (/_IN_PROGRESS$/.test(stack.status) && stack.status !== 'REVIEW_IN_PROGRESS')
    state.course = [...(state.courses.shift() ?? [])];
  return state;
}

/** AWS sends events of these too, but its own model of events does not know them, so that none can be sent here. */
const unmodelled = new Set(['REVIEW_IN_PROGRESS', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS']);

function happen(state: State, [subject, status, reason]: ScriptedEvent): void {
  if (subject === 'stack' && state.stack !== undefined) Object.assign(state.stack, { status, reason });
  if (unmodelled.has(status)) return;
  state.events.push({
    StackId: stackId,
    StackName: 'shop',
    EventId: randomUUID(),
    Timestamp: new Date(),
    LogicalResourceId: subject === 'stack' ? 'shop' : subject,
    PhysicalResourceId: subject === 'stack' ? stackId : `shop-${subject}`,
    ResourceType: subject === 'stack' ? 'AWS::CloudFormation::Stack' : 'AWS::Test::Resource',
    ResourceStatus: status,
    ...(reason === undefined ? {} : { ResourceStatusReason: reason }),
  });
}

const done = (output: object = {}): ScriptedAnswer => ({ kind: 'output', output });
const refused = (code: string, message: string): ScriptedAnswer => ({ kind: 'error', code, message });

const outputs = {
  RepositoryUri: '123456789012.dkr.ecr.us-west-2.amazonaws.com/shop',
  PipelineName: 'shop',
  PipelineRoleArn: 'arn:aws:iam::123456789012:role/shop-PipelineRole',
  CloneUrl: 'https://git-codecommit.us-west-2.amazonaws.com/v1/repos/shop',
};

/** Answers as CloudFormation does, by a script. */
export function play(script: StackScript, state: State): AwsScript {
  return ({ operation, input, count }) => {
    const fault = script.fault?.(operation, count);
    if (fault !== undefined) return { kind: 'error', ...fault };
    const { stack, sets } = state;
    const name = String(input['ChangeSetName']).replace(/^.*changeSet\/([^/]+).*$/, '$1');
    const set = sets.get(name);
    const isGone = stack === undefined || (stack.status === 'DELETE_COMPLETE' && input['StackName'] !== stackId);
    switch (operation) {
      case 'DescribeStacks':
        // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
        return isGone
          ? refused('ValidationError', `Stack with id ${input['StackName']} does not exist`)
          : done({ Stacks: [described(stack)] });
      case 'GetTemplate':
        return done({ TemplateBody: stack?.template });
      case 'ListStackResources':
        return done({ StackResourceSummaries: summaries(stack?.template ?? '') });
      case 'CreateChangeSet': {
        const template = String(input['TemplateBody']);
        if (script.leftover !== undefined && count === 1) {
          sets.set(name, { ...script.leftover, template, looks: 9 });
          return refused('AlreadyExistsException', `ChangeSet ${name} already exists`);
        }
        if (set !== undefined) return refused('AlreadyExistsException', `ChangeSet ${name} already exists`);
        if (isGone) {
          state.stack = { status: '', reason: undefined, template: '' };
          happen(state, ['stack', 'REVIEW_IN_PROGRESS', 'User Initiated']);
        }
        sets.set(name, { ...outcome(script, { before: isGone ? undefined : stack.template, template }), template, looks: 0 });
        return done({ Id: changeSetId(name), StackId: stackId });
      }
      case 'DescribeChangeSet': {
        if (set === undefined) return refused('ChangeSetNotFoundException', `ChangeSet ${name} does not exist`);
        set.looks += 1;
        const { template, looks, ...told } = set;
        const shown = looks < 2 ? { Status: 'CREATE_IN_PROGRESS', ExecutionStatus: 'UNAVAILABLE' } : told;
        const Changes = looks < 2 ? [] : (script.changes ?? additions(template));
        return done({ ChangeSetId: changeSetId(name), ChangeSetName: name, StackId: stackId, ...shown, Changes });
      }
      case 'DescribeEvents':
        return done({ OperationEvents: script.invalid?.events ?? [] });
      case 'DeleteChangeSet':
        sets.delete(name);
        return done();
      case 'ListChangeSets':
        return done({
          Summaries: [...sets.keys()].map(ChangeSetName => ({ ChangeSetName, ChangeSetId: changeSetId(ChangeSetName) })),
        });
      case 'ExecuteChangeSet':
        sets.clear();
        if (stack !== undefined && set !== undefined) stack.template = set.template;
        state.course = [...(state.courses.shift() ?? [])];
        return done();
      case 'DeleteStack':
        state.course = [...(state.courses.shift() ?? [])];
        if (stack?.status === 'REVIEW_IN_PROGRESS') happen(state, ['stack', 'DELETE_COMPLETE']);
        return done();
      default: {
        for (const event of state.course.splice(0, 2)) happen(state, event);
        return done({ StackEvents: [...state.events].reverse() });
      }
    }
  };
}

function described({ status, reason }: { status: string; reason: string | undefined }): object {
  return {
    StackId: stackId,
    StackName: 'shop',
    CreationTime: new Date(),
    StackStatus: status,
    ...(reason === undefined ? {} : { StackStatusReason: reason }),
    Outputs: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
  };
}

function changeSetId(name: string): string {
  return `arn:aws:cloudformation:us-west-2:123456789012:changeSet/${name}/11111111-1111-4111-8111-111111111111`;
}

function outcome({ invalid }: StackScript, { before, template }: { before: string | undefined; template: string }) {
  const failed = (StatusReason: string) => ({ Status: 'FAILED', ExecutionStatus: 'UNAVAILABLE', StatusReason });
  if (invalid !== undefined) return failed(invalid.reason);
  if (before === template) {
    return failed("The submitted information didn't contain changes. Submit different information to create a change set.");
  }
  return { Status: 'CREATE_COMPLETE', ExecutionStatus: 'AVAILABLE' };
}

function additions(template: string): object[] {
  return Object.entries(resourcesIn(template)).map(([LogicalResourceId, { Type: ResourceType }]) => ({
    Type: 'Resource',
    ResourceChange: { Action: 'Add', LogicalResourceId, ResourceType },
  }));
}

function summaries(template: string): object[] {
  return Object.entries(resourcesIn(template)).map(([LogicalResourceId, { Type: ResourceType }]) => ({
    LogicalResourceId,
    PhysicalResourceId: `shop-${LogicalResourceId}`.toLowerCase(),
    ResourceType,
    ResourceStatus: 'CREATE_COMPLETE',
    LastUpdatedTimestamp: new Date(),
  }));
}

function resourcesIn(template: string): Readonly<Record<string, { Type: string }>> {
  return template === '' ? {} : resources.parse(JSON.parse(template)).Resources;
}
