import { setTimeout as sleep } from 'node:timers/promises';
import { ActionError } from '@eks-gitops/errors';
import type { Course } from './course.ts';
import type { Expectation } from './expectation.ts';
import { judgeAnswer } from './judge-answer.ts';
import type { Names } from './names/names.ts';
import { probe } from './probe/probe.ts';
import { faultyAttempt, isUnreachablePrivate, privateHint, type Shortfall, unresolvedName } from './shortfall.ts';
import type { Target } from './target.ts';

export interface ProbeRequest {
  readonly expectation: Expectation;
  /** How many answers in a row have to be as expected. */
  readonly consecutive: number;
  /** PEM certificates that are trusted too. */
  readonly ca?: string | undefined;
  /** Milliseconds without a way to private addresses after which nothing else is hoped for. */
  readonly privatePatience: number;
}

export interface ProbeWorld {
  readonly names: Names;
  readonly course: Course;
  readonly signal: AbortSignal;
}

/** Milliseconds from one try to the next: short when something has changed, longer while nothing does. */
const pauses = [250, 500, 1_000, 2_000, 3_000] as const;
const pauseInRow = 250;

/** Asks again and again, each of the name's addresses in turn. Throws LOAD_BALANCER_PRIVATE, or rejects with the signal's reason. */
export async function probeUntilAnswered(target: Target, request: ProbeRequest, world: ProbeWorld): Promise<void> {
  const { course, signal } = world;
  let inRow = 0;
  let same = 0;
  let last: Shortfall | undefined;
  let privateSince: number | undefined;
  for (let turn = 0; ; turn += 1) {
    const { shortfall, isPrivate } = await tryOnce(target, request, { ...world, turn });
    if (shortfall === undefined) {
      inRow += 1;
      if (inRow >= request.consecutive) return course.pass('consecutive', `${target.url} answers as expected.`);
      course.lack(tooFew(inRow, request.consecutive));
      await sleep(pauseInRow, undefined, { signal });
      continue;
    }
    inRow = 0;
    course.lack(shortfall);
    privateSince = isPrivate ? (privateSince ?? performance.now()) : undefined;
    if (privateSince !== undefined && performance.now() - privateSince >= request.privatePatience)
      throw outOfReach(target, shortfall);
    same = shortfall.stage === last?.stage && shortfall.found === last.found ? same + 1 : 0;
    last = shortfall;
    await sleep(pauses[same] ?? pauses.at(-1), undefined, { signal });
  }
}

interface Try {
  readonly shortfall?: Shortfall | undefined;
  readonly isPrivate?: boolean;
}

async function tryOnce(
  target: Target,
  { expectation, ca }: ProbeRequest,
  { names, course, signal, turn }: ProbeWorld & { turn: number },
): Promise<Try> {
  const { url } = target;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const resolution = await names.resolve(host);
  if (resolution.kind === 'absent') return { shortfall: unresolvedName(host, resolution) };
  const { addresses } = resolution;
  const address = addresses[turn % addresses.length] ?? host;
  if (address !== host) course.pass('name', `${host} is ${addresses.join(', ')}.`);
  const attempt = await probe(target, { address, ca, signal });
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  if (attempt.kind === 'answer' || attempt.stage !== 'connection') course.pass('connection', `${address} accepts connections.`);
  if (url.protocol === 'https:' && (attempt.kind === 'answer' || attempt.stage === 'status'))
    course.pass('tls', 'TLS is trusted.');
  if (attempt.kind === 'fault') {
    return { shortfall: faultyAttempt(attempt, { address, port }), isPrivate: isUnreachablePrivate(attempt, address) };
  }
  const shortfall = judgeAnswer(attempt.answer, expectation);
  passAnswer(attempt.answer.status, { shortfall, course, expectation });
  return { shortfall };
}

interface Judged {
  readonly shortfall: Shortfall | undefined;
  readonly course: Course;
  readonly expectation: Expectation;
}

function passAnswer(status: number, { shortfall, course, expectation }: Judged): void {
  if (shortfall?.stage === 'status') return;
  course.pass('status', `It answers with ${status}.`);
  if (shortfall?.stage === 'header') return;
  if (expectation.headers.length > 0) course.pass('header', 'Its headers are as expected.');
  if (shortfall === undefined && expectation.body !== undefined) course.pass('body', 'Its page holds what is expected.');
}

function tooFew(inRow: number, consecutive: number): Shortfall {
  return {
    stage: 'consecutive',
    expected: `${consecutive} answers as expected in a row`,
    found: `${inRow}`,
    likely: 'it answers now and then only',
  };
}

function outOfReach({ url }: Target, { expected, found }: Shortfall): ActionError {
  return new ActionError({
    code: 'LOAD_BALANCER_PRIVATE',
    message: `${url.host} cannot be reached from this machine.`,
    expected,
    found,
    ...privateHint,
  });
}
