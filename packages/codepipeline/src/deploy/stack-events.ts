import type { StackEvent } from '@aws-sdk/client-cloudformation';

/**
 * Reasons of resources that only failed because another did
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html: "Resource creation cancelled").
 */
const cascade = /^Resource (?:creation|update|deletion) cancelled|^The following resource\(s\) failed to/i;

/** Whether an event is about the stack itself and not about a resource in it. */
export function isOfStack({ PhysicalResourceId, StackId }: StackEvent): boolean {
  return PhysicalResourceId !== undefined && PhysicalResourceId === StackId;
}

/** Whether a stack's event begins something, of which a rollback is a part. */
export function beginsOperation(event: StackEvent): boolean {
  return isOfStack(event) && /^(?:CREATE|UPDATE|DELETE|IMPORT)_IN_PROGRESS$/.test(event.ResourceStatus ?? '');
}

/** The event of the resource that failed first and by itself; else what the stack says of itself. Events in the order of time. */
export function firstCause(events: readonly StackEvent[]): StackEvent | undefined {
  const failed = events.filter(({ ResourceStatus }) => ResourceStatus?.endsWith('_FAILED'));
  const own = failed.filter(event => !isOfStack(event) && !cascade.test(event.ResourceStatusReason ?? ''));
  const ofStack = events.filter(event => isOfStack(event) && event.ResourceStatusReason !== undefined && tellsFailure(event));
  return own[0] ?? ofStack[0] ?? failed[0];
}

function tellsFailure({ ResourceStatus }: StackEvent): boolean {
  return /FAILED|ROLLBACK/.test(ResourceStatus ?? '');
}

/** Resources that stand in the way of a rollback or a deletion: their last word is a failure, said after the stack turned back. */
export function inTheWay(events: readonly StackEvent[]): readonly StackEvent[] {
  const turn = events.findIndex(
    event => isOfStack(event) && /ROLLBACK_IN_PROGRESS|^DELETE_IN_PROGRESS/.test(event.ResourceStatus ?? ''),
  );
  const later = turn === -1 ? [] : events.slice(turn).filter(event => !isOfStack(event));
  const last = new Map(later.map(event => [event.LogicalResourceId, event]));
  return [...last.values()].filter(({ ResourceStatus }) => ResourceStatus?.endsWith('_FAILED'));
}

/** One line for people. The reason that each resource gives when it begins says nothing. */
export function eventLine(event: StackEvent): string {
  const { ResourceStatus, ResourceType = '', LogicalResourceId = '', ResourceStatusReason } = event;
  const reason =
    ResourceStatusReason === undefined || /^(?:Resource creation Initiated|User Initiated)$/i.test(ResourceStatusReason);
  const subject = isOfStack(event) ? `stack ${LogicalResourceId}` : `${ResourceType} ${LogicalResourceId}`;
  return `${ResourceStatus ?? ''} ${subject}${reason ? '' : `: ${ResourceStatusReason}`}`;
}
