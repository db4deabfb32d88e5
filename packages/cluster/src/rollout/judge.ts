import { type Complete, completeRollout } from './complete.ts';
import { type Fault, faultKey, faultKinds, type Tolerances } from './fault.ts';
import { containersOf, type ImageDemand, type KnownDigests, runningImages, type TemplateImage, templateImage } from './image.ts';
import type { Workload } from './objects.ts';
import { podFaults, podTroubles } from './pod-faults.ts';
import { lacksOf, workloadFaults, workloadTroubles } from './progress.ts';
import { type RevisionPods, type RolloutView, revisionPods } from './revision.ts';
import { type Settling, settlingContainers } from './settling.ts';

/** What is remembered from one judgement to the next. */
export interface RolloutMemory {
  /** Since when each fault lasts, and each start of a container is known, in milliseconds since 1970. */
  readonly since: ReadonlyMap<string, number>;
  /** Whether the template has named our image. */
  readonly sawOurs: boolean;
}

export const noMemory: RolloutMemory = { since: new Map(), sawOurs: false };

export type Verdict =
  | Complete
  | {
      readonly kind: 'waiting';
      /** What is still to happen, a phrase each. */
      readonly lacks: readonly string[];
      /** What holds it up, a phrase each. */
      readonly troubles: readonly string[];
      /** Digests of which it must be known whether they are our image. */
      readonly unknown: readonly string[];
      /** When to judge again though nothing has changed, in milliseconds since 1970. */
      readonly again: number | undefined;
    }
  | { readonly kind: 'failed'; readonly fault: Fault; readonly troubles: readonly string[] };

export interface JudgeOptions {
  readonly demand?: ImageDemand | undefined;
  readonly known: KnownDigests;
  readonly tolerances: Tolerances;
  readonly memory: RolloutMemory;
  /** In milliseconds since 1970. */
  readonly now: number;
}

/** Says of a rollout whether it is complete, still under way, or cannot become complete, and what to remember. */
export function judgeRollout(view: RolloutView, options: JudgeOptions): { verdict: Verdict; memory: RolloutMemory } {
  const { known, tolerances, now } = options;
  const { faults, troubles, unknown, complete, isOurs, settling, ...examined } = examine(view, options);
  const keys = [...faults.map(faultKey), ...settling.map(({ key }) => key)];
  const since = new Map(keys.map(key => [key, options.memory.since.get(key) ?? now]));
  const memory = { since, sawOurs: options.memory.sawOurs || isOurs };
  const unsettled = examined.lacks.length > 0 ? [] : settling.filter(one => settles(one, options) > now);
  const lacks = [...examined.lacks, ...unsettled.map(({ lack }) => lack)];
  if (complete !== undefined && faults.length === 0 && lacks.length === 0 && unknown.length === 0) {
    return { verdict: complete, memory };
  }
  const ends = (fault: Fault): number =>
    (since.get(faultKey(fault)) ?? now) + (tolerances[fault.kind] ?? faultKinds[fault.kind].tolerance);
  const [fault] = faults.filter(one => ends(one) <= now);
  if (fault !== undefined) return { verdict: { kind: 'failed', fault, troubles }, memory };
  const times = [...faults.map(ends), ...unsettled.map(one => settles(one, options))].filter(Number.isFinite);
  const again = times.length === 0 ? undefined : Math.min(...times);
  const told = faults.map(({ says, found }) => (found === undefined ? says : `${says.replace(/\.$/, '')} (${found})`));
  const unasked = unknown.filter(digest => !known.has(digest));
  return { verdict: { kind: 'waiting', lacks, troubles: [...told, ...troubles], unknown: unasked, again }, memory };
}

/** When a container has stayed up for long enough, by whichever clock comes first: the node's may differ from ours. */
function settles({ key, time, startedAt }: Settling, { memory, now }: Pick<JudgeOptions, 'memory' | 'now'>): number {
  return Math.min(startedAt, memory.since.get(key) ?? now) + time;
}

interface Examination {
  readonly faults: readonly Fault[];
  readonly lacks: readonly string[];
  readonly troubles: readonly string[];
  readonly unknown: readonly string[];
  readonly isOurs: boolean;
  readonly settling: readonly Settling[];
  readonly complete?: Complete;
}

const nothing = { faults: [], lacks: [], troubles: [], unknown: [], isOurs: false, settling: [] } satisfies Examination;

function examine(view: RolloutView, options: JudgeOptions): Examination {
  const { demand, known, memory, now } = options;
  const { workload } = view;
  if (workload === undefined) {
    return { ...nothing, lacks: ['it to be created'], faults: [{ kind: 'missing', says: 'There is no such workload.' }] };
  }
  const image = demand === undefined ? undefined : templateImage(workload, demand, known);
  if (demand !== undefined && image !== undefined) {
    const ahead = beforeRollout(workload, { demand, image, memory });
    if (ahead !== undefined) return ahead;
  }
  const isOurs = image?.kind === 'ours';
  if (workload.status.observedGeneration < workload.metadata.generation) {
    return { ...nothing, isOurs, lacks: ['its controller to see the change'] };
  }
  const pods = revisionPods(workload, view);
  const running = demand === undefined || image === undefined ? nothing : examineImages({ demand, image, pods, known });
  const counted = lacksOf(workload, pods);
  // A pod that is not available has often not told its image either: that is no news.
  const lacks = counted.length > 0 ? counted : running.lacks;
  const settling = pods.newest.flatMap(pod => settlingContainers(workload, pod));
  const fresh = new Set(settling.filter(one => settles(one, options) > now).map(({ status }) => status));
  const ownFaults = pods.newest.flatMap(pod => podFaults(pod, fresh));
  const held = lacks.length === 0 ? [] : [...ownFaults, ...workloadFaults(workload, pods, view)];
  return {
    isOurs,
    lacks,
    faults: [...running.faults, ...held],
    troubles: [...pods.newest.flatMap(podTroubles), ...workloadTroubles(workload, pods, view)],
    unknown: running.unknown,
    settling,
    complete: completeRollout(workload, { pods, image }),
  };
}

interface TemplateReading {
  readonly demand: ImageDemand;
  readonly image: TemplateImage;
  readonly memory: RolloutMemory;
}

/** What is said while the template does not name our image, or a later one; undefined once it does. */
function beforeRollout(workload: Workload, { demand, image, memory }: TemplateReading): Examination | undefined {
  const wanted = `${demand.name}${demand.tag === undefined ? '' : `:${demand.tag}`}`;
  const named = image.containers.map(container => container.image).join(', ');
  if (image.kind === 'unused') {
    const images = containersOf(workload.spec.template).map(one => `${one.name}: ${one.image}`);
    const says =
      demand.container === undefined
        ? `No container has an image of ${demand.name}.`
        : `There is no container ${demand.container}.`;
    return {
      ...nothing,
      lacks: [`a container with ${wanted}`],
      faults: [{ kind: 'image-unused', says, found: images.join(', ') }],
    };
  }
  if (image.kind !== 'other') return undefined;
  const lacks = [`its template to name ${wanted} (it names ${named})`];
  const faults: Fault[] =
    memory.sawOurs && image.unknown.length === 0
      ? [{ kind: 'replaced', says: 'The workload was given another image while its rollout was waited for.', found: named }]
      : [];
  return { ...nothing, lacks, faults, unknown: image.unknown };
}

interface RunningReading {
  readonly demand: ImageDemand;
  readonly image: TemplateImage;
  readonly pods: RevisionPods;
  readonly known: KnownDigests;
}

/** Whether every new pod's container runs our image; of a later release that is not asked. */
function examineImages({ demand, image, pods, known }: RunningReading): Examination {
  if (image.kind === 'newer') return nothing;
  const all = runningImages(pods.newest, image.containers);
  const silent = all.filter(({ digest }) => digest === undefined);
  const foreign = all.filter(({ digest }) => digest !== undefined && digest !== demand.digest && known.get(digest) === false);
  const told = all.flatMap(({ digest }) => digest ?? []).filter(digest => digest !== demand.digest && !known.has(digest));
  const lacks = [
    ...silent.map(({ pod, container }) => `${pod.metadata.name} to tell the image of ${container}`),
    ...(image.kind === 'unsaid'
      ? foreign.map(({ pod }) => `${pod.metadata.name} to be replaced by one with ${demand.digest}`)
      : []),
  ];
  const faults = foreign.map(({ pod, container, digest }): Fault => {
    const { name, uid } = pod.metadata;
    const place = { name, uid, node: pod.spec.nodeName, container, ended: false };
    return { kind: 'other-image', says: `Pod ${name} runs another image in container ${container}.`, found: digest, pod: place };
  });
  return { ...nothing, lacks, faults: image.kind === 'unsaid' ? [] : faults, unknown: [...new Set(told)] };
}
