import { ActionError } from '@eks-gitops/errors';
import type { Followed } from './follow-stack.ts';
import { type PermissionChange, permissionLines } from './permissions.ts';
import { changeLine, type ResourceChange } from './resource-changes.ts';
import { eventLine, firstCause, inTheWay } from './stack-events.ts';
import { conditionOf, wayOut } from './stack-status.ts';

interface Place {
  readonly stack: string;
  readonly region: string;
}

/** An operation that did not end as it was meant to: the first real cause, and what stands in the way of turning back. */
export function stackFailed({ status, events }: Followed, { purpose, ...place }: Place & { purpose: string }): ActionError {
  const cause = firstCause(events);
  const blocked = inTheWay(events);
  const isStuck = conditionOf(status) === 'stuck';
  return new ActionError({
    code: 'STACK_FAILED',
    message: `CloudFormation could not ${purpose} the stack ${place.stack}.`,
    found: cause === undefined ? status : eventLine(cause),
    detail: blocked.length === 0 || !isStuck ? undefined : ['In the way:', ...blocked.map(eventLine)].join('\n'),
    likely: denialIn(cause?.ResourceStatusReason ?? ''),
    remedy: isStuck ? wayOut(status, place) : 'It was rolled back. Remove the cause and run the step again.',
  });
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html gives the form of the sentence. */
function denialIn(reason: string): string | undefined {
  const [, right] = /not authorized to perform: (\S+:\w+)/.exec(reason) ?? [];
  return right === undefined ? undefined : `the identity of this step, with which CloudFormation works, may not call ${right}`;
}

/** A stack that is in a state from which no change set leads. */
export function stackStuck(status: string, reason: string | undefined, { events }: Followed, place: Place): ActionError {
  const blocked = inTheWay(events);
  return new ActionError({
    code: 'STACK_STUCK',
    message: `The stack ${place.stack} is ${status}: it cannot be changed as it is.`,
    found: reason,
    detail: blocked.length === 0 ? undefined : ['In the way:', ...blocked.map(eventLine)].join('\n'),
    remedy: wayOut(status, place),
  });
}

export function permissionsRefused(changes: readonly PermissionChange[], { stack }: Pick<Place, 'stack'>): ActionError {
  return new ActionError({
    code: 'PERMISSIONS_CHANGE',
    message: `The stack ${stack} was not touched: the change is one of rights.`,
    expected: 'allow-iam: true',
    found: `rights of ${changes.length} ${changes.length === 1 ? 'resource' : 'resources'}`,
    detail: permissionLines(changes).join('\n'),
    remedy: 'Read the rights above, and set allow-iam when they are fine.',
  });
}

export function dataLossRefused(losses: readonly ResourceChange[], { stack }: Pick<Place, 'stack'>): ActionError {
  return new ActionError({
    code: 'DATA_LOSS',
    message: `The stack ${stack} was not touched: the change would delete or replace what holds data.`,
    expected: 'allow-data-loss: true',
    found: losses.map(({ id, physicalId }) => (physicalId === '' ? id : `${id} (${physicalId})`)).join(', '),
    detail: losses.map(changeLine).join('\n'),
    remedy:
      'Give the names that the stack has, or, when the data may go or be left behind, set allow-data-loss. What the stack keeps stays in the account even then.',
  });
}
