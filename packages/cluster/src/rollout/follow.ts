import { ActionError, toActionError } from '@eks-gitops/errors';
import { z } from 'zod';
import type { Cluster, Observation, ResourceSelection } from '../cluster.ts';
import type { ContactClock } from './contact-clock.ts';
import { type ClusterEvent, type ControllerRevision, type Pod, type ReplicaSet, schemas, type Workload } from './objects.ts';
import type { RolloutView } from './revision.ts';
import { formatSelector } from './selector.ts';
import type { WorkloadName } from './workload.ts';

export interface FollowOptions {
  readonly cluster: Cluster;
  readonly workload: WorkloadName;
  /** Stands while one of the watches is out of contact. */
  readonly clock: ContactClock;
  /** Ends all watches. */
  readonly signal: AbortSignal;
  readonly onChange: () => void;
  readonly onFailure: (thrown: unknown) => void;
}

const identity = z.object({ metadata: z.object({ uid: z.string() }) });

/**
 * Watches a workload, and what its selector matches: nothing else is sent. Gives the view of now, which is undefined until each watch
 * has told its first state.
 */
export function followRollout(options: FollowOptions): () => RolloutView | undefined {
  const { workload: name, onChange } = options;
  let parts: Parts | undefined;
  const workloads = keep(schemas.workload, {
    ...options,
    selection: { apiVersion: 'apps/v1', kind: name.kind, namespace: name.namespace, name: name.name },
    onChange: () => {
      const found = workloads()?.[0];
      if (found?.metadata.uid !== parts?.uid) {
        parts?.end();
        parts = found === undefined ? undefined : followParts(found, options);
      }
      onChange();
    },
  });
  return () => {
    const [workload] = workloads() ?? [undefined];
    if (workloads() === undefined) return undefined;
    if (workload === undefined || parts === undefined) return { ...nothing, workload: undefined };
    const { replicaSets, controllerRevisions, pods, events } = parts;
    const found = { replicaSets: replicaSets(), controllerRevisions: controllerRevisions(), pods: pods(), events: events() };
    return isWhole(found) ? { workload, ...found } : undefined;
  };
}

const nothing = { replicaSets: [], controllerRevisions: [], pods: [], events: [] };

type Kept<T> = () => readonly T[] | undefined;

interface Parts {
  readonly uid: string;
  readonly replicaSets: Kept<ReplicaSet>;
  readonly controllerRevisions: Kept<ControllerRevision>;
  readonly pods: Kept<Pod>;
  readonly events: Kept<ClusterEvent>;
  readonly end: () => void;
}

type Followed = Omit<FollowOptions, 'workload'>;

/** What belongs to one workload; made anew when another takes its name. */
function followParts({ kind, metadata, spec }: Workload, options: Followed): Parts {
  const ending = new AbortController();
  const followed = { ...options, signal: AbortSignal.any([options.signal, ending.signal]) };
  const { namespace, name, uid } = metadata;
  const matching = { namespace, labelSelector: formatSelector(spec.selector) };
  const none: Kept<never> = () => [];
  const pods = keep(schemas.pod, { ...followed, selection: { apiVersion: 'v1', kind: 'Pod', ...matching } });
  const end = (): void => ending.abort();
  if (kind === 'Deployment') {
    const selection = { apiVersion: 'apps/v1', kind: 'ReplicaSet', ...matching };
    const replicaSets = keep(schemas.replicaSet, { ...followed, selection });
    return { uid, replicaSets, controllerRevisions: none, pods, events: none, end };
  }
  const fieldSelector = `involvedObject.kind=${kind},involvedObject.name=${name}`;
  const events = keep(schemas.event, {
    ...followed,
    selection: { apiVersion: 'v1', kind: 'Event', namespace, fieldSelector },
    optional: true,
  });
  const own: Kept<ClusterEvent> = () => events()?.filter(({ involvedObject }) => involvedObject.uid === uid);
  if (kind === 'StatefulSet') return { uid, replicaSets: none, controllerRevisions: none, pods, events: own, end };
  const selection = { apiVersion: 'apps/v1', kind: 'ControllerRevision', ...matching };
  const controllerRevisions = keep(schemas.controllerRevision, { ...followed, selection });
  return { uid, replicaSets: none, controllerRevisions, pods, events: own, end };
}

interface KeepOptions extends Followed {
  readonly selection: ResourceSelection;
  /** Whether the watch may be denied: there is nothing then. */
  readonly optional?: boolean;
}

/** Keeps all selected objects as a watch tells them; undefined until it has told its first state. */
function keep<T>(schema: z.ZodType<T>, options: KeepOptions): Kept<T> {
  const { cluster, selection, clock, signal, onChange, onFailure, optional = false } = options;
  let objects: Map<string, T> | undefined;
  const tellClock = clock.join();
  const onContact = (inContact: boolean): void => {
    tellClock(inContact);
    onChange();
  };
  const watch = async (): Promise<void> => {
    for await (const observation of cluster.observe(selection, { signal, onContact })) {
      objects = kept(objects ?? new Map(), { observation, schema, kind: selection.kind });
      onChange();
    }
  };
  watch().catch((thrown: unknown) => {
    tellClock(true);
    if (signal.aborted) return;
    if (!optional || toActionError(thrown).code !== 'CLUSTER_DENIED') return onFailure(thrown);
    objects = new Map();
    onChange();
  });
  return () => (objects === undefined ? undefined : [...objects.values()]);
}

interface Told<T> {
  readonly observation: Observation;
  readonly schema: z.ZodType<T>;
  readonly kind: string;
}

function kept<T>(objects: Map<string, T>, { observation, schema, kind }: Told<T>): Map<string, T> {
  const read = (object: unknown): [string, T] => [uidOf(object, kind), parse(schema, object, kind)];
  if (observation.type === 'state') return new Map(observation.objects.map(read));
  if (observation.type === 'changed') objects.set(...read(observation.object));
  else objects.delete(uidOf(observation.object, kind));
  return objects;
}

function uidOf(object: unknown, kind: string): string {
  return parse(identity, object, kind).metadata.uid;
}

function parse<T>(schema: z.ZodType<T>, object: unknown, kind: string): T {
  const parsed = schema.safeParse(object);
  if (parsed.success) return parsed.data;
  throw new ActionError({
    code: 'CLUSTER_RESPONSE',
    message: `The API server sent a ${kind} that is not well-formed.`,
    found: z.prettifyError(parsed.error),
  });
}

function isWhole<T extends Record<string, readonly unknown[] | undefined>>(
  found: T,
): found is T & { [Name in keyof T]: NonNullable<T[Name]> } {
  return Object.values(found).every(part => part !== undefined);
}
