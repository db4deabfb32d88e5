import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ActionError } from '@eks-gitops/errors';
import type { ChangeSet, CloudFormation } from './cloudformation.ts';
import type { Watch } from './follow-stack.ts';

interface ChangeSetRequest {
  readonly cloudFormation: CloudFormation;
  readonly stack: string;
  readonly type: 'CREATE' | 'UPDATE';
  readonly template: string;
  readonly role: string | undefined;
  readonly watch: Watch;
}

/** Milliseconds between two looks at a change set, which takes some seconds to be made. */
const pause = 500;
/** Enough for the leftover of another run, and for one more that a run beside us deletes. */
const tries = 3;

/**
 * Makes a change set and waits for it, or takes up the like one that an interrupted run has left: its name is a function of what it asks for.
 * Undefined where nothing would change. Throws CHANGES_INVALID with what CloudFormation found wrong, TIMED_OUT.
 */
export async function prepareChangeSet(request: ChangeSetRequest): Promise<ChangeSet | undefined> {
  const { cloudFormation, stack, template, type, role } = request;
  const name = nameOf(request);
  for (let left = tries; left > 0; left -= 1) {
    const isNew = await cloudFormation.createChangeSet({ stack, name, type, template, role, token: randomUUID() });
    const set = await made(name, request);
    if (set === undefined) continue;
    if (set.status !== 'FAILED' && set.execution === 'AVAILABLE') return set;
    const faults = set.status === 'FAILED' && isNew && !changesNothing(set) ? await faultsIn(set, request) : [];
    await cloudFormation.deleteChangeSet(set.id);
    if (!isNew) continue;
    if (changesNothing(set)) return undefined;
    throw invalid(stack, set, faults);
  }
  throw new ActionError({
    code: 'CHANGES_INVALID',
    message: `No change set of the stack ${stack} stays long enough to be executed.`,
    likely: 'another run is changing the same stack',
    remedy: 'Run the step again when the other has ended.',
  });
}

/** What explains a failure must not hide it: without the right to read it, the failure is told without. */
async function faultsIn({ id }: ChangeSet, { cloudFormation, watch }: ChangeSetRequest): Promise<readonly string[]> {
  try {
    return await cloudFormation.faultsOf(id);
  } catch (thrown) {
    if (!(thrown instanceof ActionError) || watch.signal.aborted) throw thrown;
    watch.onNotice([thrown.message, thrown.failure.remedy].filter(part => part !== undefined).join(' '));
    return [];
  }
}

function nameOf({ template, type, role = '' }: ChangeSetRequest): string {
  const digest = createHash('sha256').update([type, role, template].join('\n')).digest('hex');
  return `eks-gitops-${digest.slice(0, 20)}`;
}

/** The change set once it is made or has failed; undefined when somebody has deleted it. */
async function made(name: string, { cloudFormation, stack, watch }: ChangeSetRequest): Promise<ChangeSet | undefined> {
  for (;;) {
    const set = await cloudFormation.findChangeSet(stack, name);
    if (set === undefined || !/_(?:PENDING|IN_PROGRESS)$/.test(set.status)) return set;
    if (Date.now() + pause > watch.deadline) {
      throw new ActionError({
        code: 'TIMED_OUT',
        message: `The change set of the stack ${stack} was not made in time.`,
        expected: 'CREATE_COMPLETE',
        found: set.status,
        remedy: 'Run the same step again: it takes the change set up. Give more time with timeout.',
      });
    }
    await sleep(pause, undefined, { signal: watch.signal });
  }
}

/** The two ways in which CloudFormation says so (https://github.com/ansible-collections/amazon.aws/pull/507). */
function changesNothing({ status, reason }: ChangeSet): boolean {
  return status === 'FAILED' && /didn't contain changes|No updates are to be performed/i.test(reason);
}

function invalid(stack: string, { status, execution, reason }: ChangeSet, faults: readonly string[]): ActionError {
  return new ActionError({
    code: 'CHANGES_INVALID',
    message: `CloudFormation could not make a change set for the stack ${stack}.`,
    expected: 'CREATE_COMPLETE',
    found: reason === '' ? `${status}, ${execution}` : reason,
    detail: faults.length === 0 ? undefined : faults.join('\n'),
  });
}
