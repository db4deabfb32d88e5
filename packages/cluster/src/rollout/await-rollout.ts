import type { ActionError } from '@eks-gitops/errors';
import type { Cluster } from '../cluster.ts';
import { type Bell, hangBell } from './bell.ts';
import type { Complete } from './complete.ts';
import { type ContactClock, startContactClock } from './contact-clock.ts';
import { gatherEvidence } from './evidence.ts';
import { type FailureFacts, rolloutFailure, rolloutTimeout, suspectPod } from './failure.ts';
import type { Fault, Tolerances } from './fault.ts';
import { followRollout } from './follow.ts';
import type { ImageDemand } from './image.ts';
import { judgeRollout, noMemory, type Verdict } from './judge.ts';
import type { RolloutView } from './revision.ts';
import { formatWorkload, type WorkloadName } from './workload.ts';

export interface AwaitRolloutOptions {
  readonly cluster: Cluster;
  readonly workload: WorkloadName;
  /** Without it only the rollout is waited for, whatever it rolls out. */
  readonly demand?: ImageDemand | undefined;
  /** Says of another digest than the demanded one whether it is that image all the same: a manifest of the index, a copy. */
  readonly isOurs: (digest: string) => Promise<boolean>;
  readonly tolerances?: Tolerances | undefined;
  /** In milliseconds. */
  readonly timeout: number;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  /** One sentence, whenever what is waited for changes. */
  readonly onProgress: (sentence: string) => void;
}

export interface Rollout extends Complete {
  readonly workload: WorkloadName;
  /** How long was waited. */
  readonly seconds: number;
}

/** Milliseconds for gathering evidence: of a failure, and at the end of the time. */
const patience = { failed: 5000, late: 700 } as const;

/**
 * Waits until the rollout of a workload is complete and its new pods run the demanded image, by watching: nothing is polled.
 * Throws what {@link faultKinds} names as soon as it cannot become complete, with the container's last log lines and the pod's events; TIMED_OUT; the signal's
 * reason; and what the cluster and `isOurs` throw.
 */
export async function awaitRollout(options: AwaitRolloutOptions): Promise<Rollout> {
  const { cluster, workload, timeout, signal } = options;
  const started = performance.now();
  const ending = new AbortController();
  const bell = hangBell();
  const clock = startContactClock(() => options.now().getTime());
  const view = followRollout({
    cluster,
    workload,
    clock,
    signal: AbortSignal.any([signal, ending.signal]),
    onChange: bell.ring,
    onFailure: bell.fail,
  });
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), timeout);
  try {
    const complete = await watch(options, { view, bell, clock, late: late.signal });
    return { ...complete, workload, seconds: (performance.now() - started) / 1000 };
  } finally {
    clearTimeout(timer);
    ending.abort();
  }
}

interface Followed {
  readonly view: () => RolloutView | undefined;
  readonly bell: Bell;
  readonly clock: ContactClock;
  readonly late: AbortSignal;
}

async function watch(options: AwaitRolloutOptions, { view, bell, clock, late }: Followed): Promise<Complete> {
  const { demand, tolerances = {}, signal, workload } = options;
  const ends = AbortSignal.any([signal, late]);
  const known = new Map<string, boolean>();
  const tell = progressTeller(options);
  let memory = noMemory;
  let verdict: Verdict = { kind: 'waiting', lacks: [], troubles: [], unknown: [], again: undefined };
  try {
    for (;;) {
      const seen = view();
      const now = clock.now();
      if (seen === undefined) {
        await bell.heard({ within: undefined, signal: ends });
        continue;
      }
      ({ verdict, memory } = judgeRollout(seen, { demand, known, tolerances, memory, now }));
      if (verdict.kind === 'complete') return verdict;
      if (verdict.kind === 'failed') throw await failureOf(options, verdict, seen);
      tell(verdict);
      if (verdict.unknown.length > 0) await before(ends, identify(options, verdict.unknown, known));
      else {
        const within = verdict.again === undefined || clock.stands() ? undefined : verdict.again - now;
        await bell.heard({ within, signal: ends });
      }
    }
  } catch (thrown) {
    if (signal.aborted || !late.aborted || thrown !== late.reason || verdict.kind !== 'waiting') throw thrown;
    const { lacks, troubles } = verdict;
    const evidence = await evidenceOf(options, { seen: view(), within: patience.late });
    throw rolloutTimeout(spell(options.timeout), { workload, demand, troubles, evidence, lacks });
  }
}

async function identify({ isOurs }: AwaitRolloutOptions, digests: readonly string[], known: Map<string, boolean>): Promise<void> {
  await Promise.all(digests.map(async digest => known.set(digest, await isOurs(digest))));
}

/** Rejects with the signal's reason where that comes first. */
async function before(signal: AbortSignal, work: Promise<void>): Promise<void> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

async function failureOf(
  options: AwaitRolloutOptions,
  { fault, troubles }: { fault: Fault; troubles: readonly string[] },
  seen: RolloutView,
): Promise<ActionError> {
  const evidence = await evidenceOf(options, { fault, seen, within: patience.failed });
  options.signal.throwIfAborted();
  return rolloutFailure(fault, { workload: options.workload, demand: options.demand, troubles, evidence });
}

interface Scene {
  readonly fault?: Fault;
  readonly seen: RolloutView | undefined;
  readonly within: number;
}

async function evidenceOf({ cluster, workload }: AwaitRolloutOptions, scene: Scene): Promise<FailureFacts['evidence']> {
  const { fault, seen, within } = scene;
  const pod = fault?.pod ?? (seen === undefined ? undefined : suspectPod(seen));
  return pod === undefined ? undefined : gatherEvidence({ cluster, namespace: workload.namespace, pod, within });
}

/** Tells what is waited for when it changes, and each trouble once. */
function progressTeller({ workload, onProgress }: AwaitRolloutOptions): (waiting: Extract<Verdict, { kind: 'waiting' }>) => void {
  const name = formatWorkload(workload);
  const told = new Set<string>();
  let last = '';
  return ({ lacks, troubles }) => {
    const sentence = `${name}: waiting for ${lacks.join(', ')}.`;
    if (lacks.length > 0 && sentence !== last) onProgress(sentence);
    last = sentence;
    for (const trouble of troubles.filter(one => !told.has(one))) {
      told.add(trouble);
      onProgress(`${name}: ${trouble}`);
    }
  };
}

function spell(milliseconds: number): string {
  return milliseconds % 60_000 === 0 ? `${milliseconds / 60_000}m` : `${milliseconds / 1000}s`;
}
