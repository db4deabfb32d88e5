import { isDeepStrictEqual } from 'node:util';
import { type Course, startCourse } from './course.ts';
import { followIngress, type IngressName } from './follow-ingress.ts';
import { type NamesOptions, openNames } from './names/names.ts';
import { type ProbeRequest, probeUntilAnswered } from './probe-until-answered.ts';
import type { StageTime } from './stages.ts';
import { type Target, type TargetRequest, targetOfUrl, targetsOfIngress, type UrlTemplate } from './target.ts';

/** Whose answer is waited for. */
export type Subject =
  | ({ readonly kind: 'ingress'; readonly template?: UrlTemplate | undefined } & IngressName)
  | { readonly kind: 'url'; readonly template: UrlTemplate };

export interface WaitOptions extends Omit<ProbeRequest, 'privatePatience'>, Pick<TargetRequest, 'path' | 'hostHeader'> {
  readonly subject: Subject;
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal: AbortSignal;
  readonly onProgress: (sentence: string) => void;
  readonly onNotice: (notice: string) => void;
  /** Milliseconds without a way to private addresses after which nothing else is hoped for; default 120 000. */
  readonly privatePatience?: number | undefined;
  /** How names are asked for, where not as usual. */
  readonly names?: Omit<NamesOptions, 'signal'> | undefined;
}

export interface Answered {
  /** What the Ingress was given: a host name, or an address; without an Ingress the URL's. */
  readonly hostname: string;
  readonly url: string;
  /** How long each stage took. */
  readonly times: readonly StageTime[];
}

/** The longest that a timer can be set to. */
const longest = 2 ** 31 - 1;

/**
 * Waits until an Ingress, or a URL alone, answers as expected, so many times in a row.
 * Throws TIMED_OUT, naming the stage that was not passed and what was found there; LOAD_BALANCER_PRIVATE; what the cluster throws; rejects with the
 * reason of the signal.
 */
export async function waitForAnswer(options: WaitOptions): Promise<Answered> {
  const { subject, timeout, signal, onProgress } = options;
  const late = AbortSignal.timeout(Math.min(timeout, longest));
  const ended = new AbortController();
  const course = startCourse({ subject: describe(subject, options), onProgress });
  const world = { course, signal: AbortSignal.any([signal, late, ended.signal]) };
  try {
    const answered =
      subject.kind === 'url' ? await answerOfUrl(subject, options, world) : await answerOfIngress(subject, options, world);
    return { ...answered, times: course.times() };
  } catch (thrown) {
    signal.throwIfAborted();
    throw late.aborted ? course.timedOut(timeout) : thrown;
  } finally {
    ended.abort();
  }
}

function describe(subject: Subject, request: TargetRequest): string {
  return subject.kind === 'url'
    ? targetOfUrl({ ...request, template: subject.template }).url.href
    : `Ingress ${subject.namespace}/${subject.name}`;
}

interface World {
  readonly course: Course;
  readonly signal: AbortSignal;
}
type Found = Omit<Answered, 'times'>;

async function answerOfUrl({ template }: Subject & { kind: 'url' }, options: WaitOptions, world: World): Promise<Found> {
  const target = targetOfUrl({ ...options, template });
  await probeTargets([target], options, world);
  return { hostname: target.url.hostname, url: target.url.href };
}

async function answerOfIngress(
  { template, ...ingress }: Subject & { kind: 'ingress' },
  options: WaitOptions,
  { course, signal }: World,
): Promise<Found> {
  const { promise, resolve, reject } = Promise.withResolvers<Found>();
  let aimed: { readonly targets: readonly Target[]; readonly stop: AbortController } | undefined;
  const aim = (hostname: string, targets: readonly Target[]): void => {
    const stop = new AbortController();
    aimed = { targets, stop };
    probeTargets(targets, options, { course, signal: AbortSignal.any([signal, stop.signal]) }).then(
      () => resolve({ hostname, url: targets[0]?.url.href ?? '' }),
      thrown => stop.signal.aborted || reject(thrown),
    );
  };
  followIngress(ingress, {
    course,
    signal,
    onNotice: options.onNotice,
    onAddresses: state => {
      const targets = state === undefined ? [] : targetsOfIngress(state, { ...options, template });
      if (isDeepStrictEqual(targets.map(formatTarget), aimed?.targets.map(formatTarget) ?? [])) return;
      aimed?.stop.abort();
      aimed = undefined;
      const [hostname] = state?.addresses ?? [];
      if (hostname !== undefined) aim(hostname, targets);
    },
  }).catch(reject);
  return promise;
}

function formatTarget({ url, host }: Target): string {
  return `${url.href} ${host}`;
}

async function probeTargets(targets: readonly Target[], options: WaitOptions, world: World): Promise<void> {
  const names = openNames({ ...options.names, signal: world.signal });
  const { expectation, consecutive, ca, env, privatePatience = 120_000 } = options;
  await probeUntilAnswered(targets, { expectation, consecutive, ca, env, privatePatience }, { ...world, names });
}
