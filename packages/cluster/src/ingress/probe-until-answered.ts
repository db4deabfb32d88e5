import { setTimeout as sleep } from 'node:timers/promises';
import { ActionError } from '@eks-gitops/errors';
import { proxyFor, proxySettings } from '@eks-gitops/http';
import type { Course } from './course.ts';
import type { Expectation } from './expectation.ts';
import { type Families, openFamilies } from './families.ts';
import { judgeAnswer } from './judge-answer.ts';
import type { Names } from './names/names.ts';
import type { Attempt } from './probe/answer.ts';
import { probe } from './probe/probe.ts';
import { bare, portOf } from './probe/route.ts';
import { faultyAttempt, isUnreachablePrivate, type Place, privateHint, type Shortfall, unresolvedName } from './shortfall.ts';
import type { Target } from './target.ts';

export interface ProbeRequest {
  readonly expectation: Expectation;
  /** How many answers in a row have to be as expected. */
  readonly consecutive: number;
  /** PEM certificates that are trusted too. */
  readonly ca?: string | undefined;
  /** Where the proxies are read from: HTTP_PROXY, HTTPS_PROXY and NO_PROXY; default: none. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
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

/** Asks again and again, each target and each of its addresses in turn. Throws LOAD_BALANCER_PRIVATE, or rejects with the signal's reason. */
export async function probeUntilAnswered(targets: readonly Target[], request: ProbeRequest, world: ProbeWorld): Promise<void> {
  const { course, signal } = world;
  const families = openFamilies();
  let inRow = 0;
  let same = 0;
  let last: Shortfall | undefined;
  let privateSince: number | undefined;
  for (let turn = 0; ; turn += 1) {
    const target = targets[turn % targets.length];
    if (target === undefined) throw new Error('There is nothing to ask.');
    const { shortfall, isPrivate } = await tryOnce(target, request, {
      ...world,
      families,
      turn: Math.floor(turn / targets.length),
    });
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

interface TryWorld extends ProbeWorld {
  readonly families: Families;
  /** Which of the addresses is asked. */
  readonly turn: number;
}

async function tryOnce(target: Target, request: ProbeRequest, world: TryWorld): Promise<Try> {
  const proxy = proxyFor(target.url, proxySettings(request.env ?? {}));
  if (proxy !== undefined) return tryProxy(target, new URL(proxy), request, world);
  const { names, course, families, signal, turn } = world;
  const host = bare(target.url.hostname);
  const resolution = await names.resolve(host);
  if (resolution.kind === 'absent') return { shortfall: unresolvedName(host, resolution) };
  const { addresses } = resolution;
  if (addresses[0] !== host) course.pass('name', `${host} is ${addresses.join(', ')}.`);
  for (;;) {
    const usable = families.usable(addresses);
    const address = usable[turn % usable.length] ?? host;
    const attempt = await probe(target, { route: { kind: 'direct', address }, ca: request.ca, signal });
    if (families.passOver(attempt, address, addresses)) continue;
    const place: Place = { kind: 'address', address, port: portOf(target.url) };
    return { ...judge(attempt, { target, place, request, course }), isPrivate: isUnreachablePrivate(attempt, address) };
  }
}

/** The proxy finds the name itself. */
async function tryProxy(target: Target, proxy: URL, request: ProbeRequest, { course, signal }: TryWorld): Promise<Try> {
  const attempt = await probe(target, { route: { kind: 'proxy', proxy }, ca: request.ca, signal });
  return judge(attempt, { target, place: { kind: 'proxy', proxy: proxy.host }, request, course });
}

interface Tried {
  readonly target: Target;
  readonly place: Place;
  readonly request: ProbeRequest;
  readonly course: Course;
}

function judge(attempt: Attempt, { target, place, request: { expectation }, course }: Tried): Try {
  const isAnswer = attempt.kind === 'answer';
  if (isAnswer || attempt.stage !== 'connection') {
    const way = place.kind === 'proxy' ? `The proxy ${place.proxy}` : place.address;
    course.pass('connection', `${way} accepts connections.`);
  }
  if (target.url.protocol === 'https:' && (isAnswer || attempt.stage === 'status')) course.pass('tls', 'TLS is trusted.');
  if (!isAnswer) return { shortfall: faultyAttempt(attempt, place) };
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
