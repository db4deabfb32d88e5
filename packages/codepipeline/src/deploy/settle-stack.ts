import { randomUUID } from 'node:crypto';
import type { Stack } from '@aws-sdk/client-cloudformation';
import type { CloudFormation } from './cloudformation.ts';
import { stackFailed } from './failure.ts';
import { type Followed, followStack, newestEvent, type Watch } from './follow-stack.ts';
import { conditionOf } from './stack-status.ts';

export interface StackPlace {
  readonly cloudFormation: CloudFormation;
  /** The stack's name. */
  readonly name: string;
  /** The ARN of the role that CloudFormation works with; else it works with the caller's rights. */
  readonly role: string | undefined;
  readonly watch: Watch;
}

/** The stack once nothing happens to it any more: what an interrupted run, or somebody else, has begun is followed to its end. */
export async function settledStack({ cloudFormation, name, watch }: StackPlace): Promise<Stack | undefined> {
  for (;;) {
    const stack = await cloudFormation.findStack(name);
    if (conditionOf(stack?.StackStatus) !== 'busy') return stack;
    watch.onNotice(`The stack ${name} is ${stack?.StackStatus} already: following it first.`);
    await followStack({ cloudFormation, stack: { name, id: idOf(stack) }, after: undefined, watch });
  }
}

/** The events of the last operation of a stack at rest. */
export async function lastOperation({ cloudFormation, name, watch }: StackPlace, stack: Stack): Promise<Followed> {
  return followStack({
    cloudFormation,
    stack: { name, id: idOf(stack) },
    after: undefined,
    watch: { ...watch, onEvent: () => undefined },
  });
}

/** Deletes a stack and waits until it is gone. Throws STACK_FAILED with the first resource that would not go. */
export async function removeStack({ cloudFormation, name, role, watch }: StackPlace, stack: Stack): Promise<void> {
  const id = idOf(stack);
  const after = await newestEvent(cloudFormation, id);
  await cloudFormation.deleteStack(id, { role, token: randomUUID() });
  const followed = await followStack({ cloudFormation, stack: { name, id }, after, watch });
  if (followed.status === 'DELETE_COMPLETE') return;
  throw stackFailed(followed, { purpose: 'delete', stack: name, region: cloudFormation.region });
}

export function idOf(stack: Stack | undefined): string {
  return stack?.StackId ?? stack?.StackName ?? '';
}
