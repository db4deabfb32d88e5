import { setTimeout as sleep } from 'node:timers/promises';
import type { StackEvent } from '@aws-sdk/client-cloudformation';
import { ActionError } from '@eks-gitops/errors';
import type { CloudFormation } from './cloudformation.ts';
import { beginsOperation, eventLine, isOfStack } from './stack-events.ts';
import { hasEnded } from './stack-status.ts';

/** How an operation is watched. */
export interface Watch {
  readonly signal: AbortSignal;
  /** In milliseconds since the epoch. */
  readonly deadline: number;
  /** A line for every event, as it comes. */
  readonly onEvent: (line: string) => void;
  readonly onNotice: (sentence: string) => void;
}

export interface Followed {
  readonly status: string;
  /** Of the whole operation, in the order of time. */
  readonly events: readonly StackEvent[];
}

interface Course {
  readonly cloudFormation: CloudFormation;
  readonly stack: { readonly name: string; readonly id: string };
  /** The newest event before the operation was asked for; without one the operation that is going on is followed from its beginning. */
  readonly after: string | undefined;
  readonly watch: Watch;
}

/** Milliseconds: after an event, and at most while nothing comes. */
const pauses = { shortest: 500, longest: 5_000 };
/** Milliseconds for which AWS may give no answer while a stack is followed. */
const silence = 60_000;
const passing: ReadonlySet<string> = new Set(['AWS_UNREACHABLE', 'AWS_THROTTLED']);

/** The id of the newest event of a stack, from which an operation is followed that begins after it. */
export async function newestEvent(cloudFormation: CloudFormation, stackId: string): Promise<string | undefined> {
  const events = await cloudFormation.events(stackId, () => true);
  return events.at(-1)?.EventId;
}

/** Follows a stack's events until CloudFormation does nothing more. Throws TIMED_OUT, CANCELLED: the stack goes on in AWS then. */
export async function followStack(course: Course): Promise<Followed> {
  try {
    return await follow(course);
  } catch (thrown) {
    throw course.watch.signal.aborted ? leftBehind(course.stack.name, thrown) : thrown;
  }
}

async function follow({ cloudFormation, stack, after, watch }: Course): Promise<Followed> {
  const events: StackEvent[] = [];
  const isBefore = (event: StackEvent): boolean => (after === undefined ? beginsOperation(event) : event.EventId === after);
  const isKnown = (event: StackEvent): boolean => events.length > 0 && event.EventId === events.at(-1)?.EventId;
  let pause = pauses.shortest;
  let heard = Date.now();
  for (;;) {
    const answered = await readAnswer(
      () => cloudFormation.events(stack.id, event => isKnown(event) || isBefore(event)),
      heard,
      watch,
    );
    if (answered !== undefined) {
      heard = Date.now();
      const seen = new Set(events.map(({ EventId }) => EventId).concat(after));
      const fresh = answered.filter(({ EventId }) => !seen.has(EventId));
      for (const event of fresh) watch.onEvent(eventLine(event));
      events.push(...fresh);
      const status = events.findLast(isOfStack)?.ResourceStatus;
      if (status !== undefined && hasEnded(status)) return { status, events };
      pause = fresh.length > 0 ? pauses.shortest : Math.min(pause * 1.5, pauses.longest);
    }
    if (Date.now() + pause > watch.deadline) throw timedOut(stack.name, events);
    await sleep(pause, undefined, { signal: watch.signal });
  }
}

function leftBehind(stack: string, cause: unknown): ActionError {
  return new ActionError({
    code: 'CANCELLED',
    message: `Cancelled; CloudFormation goes on with the stack ${stack}.`,
    remedy: 'Run the same step again: it follows the stack from where it is.',
    cause,
  });
}

/** An answer that does not come is waited for, because the stack goes on all the same. */
async function readAnswer<T>(ask: () => Promise<T>, heard: number, { signal, onNotice }: Watch): Promise<T | undefined> {
  try {
    return await ask();
  } catch (thrown) {
    signal.throwIfAborted();
    if (!(thrown instanceof ActionError) || !passing.has(thrown.code) || Date.now() - heard > silence) throw thrown;
    onNotice(`AWS gave no answer; asking again. ${thrown.failure.found ?? ''}`.trim());
    return undefined;
  }
}

function timedOut(stack: string, events: readonly StackEvent[]): ActionError {
  const last = events.at(-1);
  return new ActionError({
    code: 'TIMED_OUT',
    message: `The stack ${stack} was not done in time; CloudFormation goes on with it.`,
    expected: 'the end of the change',
    found: last === undefined ? 'no event yet' : eventLine(last),
    remedy: 'Run the same step again: it follows the stack from where it is. Give more time with timeout.',
  });
}
