import { ActionError } from '@eks-gitops/errors';
import { z } from 'zod';
import type { Cluster, Observation } from '../cluster.ts';
import type { Course } from './course.ts';
import { formatWarning, readWarning } from './event.ts';
import { type IngressState, readIngress } from './ingress-object.ts';
import { missingIngress, pendingIngress } from './shortfall.ts';

export interface IngressName {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly name: string;
}

export interface FollowOptions {
  readonly course: Course;
  readonly signal: AbortSignal;
  /** Called with each state that has addresses, and with nothing when it has none any more. */
  readonly onAddresses: (ingress: IngressState | undefined) => void;
  readonly onNotice: (notice: string) => void;
}

const kind = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' } as const;

/** Watches an Ingress and what its controller warns of, until the signal ends it. Throws as {@link Cluster.get} and observe do. */
export async function followIngress(ingress: IngressName, options: FollowOptions): Promise<never> {
  const { cluster, namespace, name } = ingress;
  // A watch would wait for a server that nobody has ever reached; reading once fails.
  await cluster.get({ ...kind, namespace, name });
  const [ended] = await Promise.all([followObject(ingress, options), followWarnings(ingress, options)]);
  return ended;
}

async function followObject({ cluster, namespace, name }: IngressName, options: FollowOptions): Promise<never> {
  const { course, signal, onAddresses } = options;
  for await (const observation of cluster.observe({ ...kind, namespace, name }, { signal })) {
    const object = lastOf(observation);
    if (object === undefined) {
      onAddresses(undefined);
      course.lack(missingIngress(name, namespace, await otherNames(cluster, namespace)));
      continue;
    }
    const state = readIngress(object);
    course.pass('exists', `Ingress ${namespace}/${name} exists.`);
    if (state.addresses.length === 0) {
      onAddresses(undefined);
      course.lack(pendingIngress(state));
      continue;
    }
    course.pass('address', `Its address is ${state.addresses.join(', ')}.`);
    onAddresses(state);
  }
  throw signal.reason;
}

/** Whoever may not read events does without them. */
async function followWarnings(
  { cluster, namespace, name }: IngressName,
  { course, signal, onNotice }: FollowOptions,
): Promise<void> {
  const seen = new Map<string, number>();
  const fieldSelector = `involvedObject.kind=Ingress,involvedObject.name=${name}`;
  try {
    for await (const observation of cluster.observe({ apiVersion: 'v1', kind: 'Event', namespace, fieldSelector }, { signal })) {
      const objects = observation.type === 'state' ? observation.objects : [lastOf(observation)];
      for (const warning of objects.flatMap(object => readWarning(object) ?? [])) {
        if ((seen.get(warning.id) ?? 0) >= warning.count) continue;
        seen.set(warning.id, warning.count);
        course.warn(formatWarning(warning, new Date()));
      }
    }
  } catch (thrown) {
    if (!(thrown instanceof ActionError && thrown.code === 'CLUSTER_DENIED')) throw thrown;
    onNotice(`The warnings of its controller cannot be shown. ${thrown.message}`);
  }
}

/** The one object that was selected, as it now is; undefined when it is gone. */
function lastOf(observation: Observation): unknown {
  if (observation.type === 'state') return observation.objects[0];
  return observation.type === 'changed' ? observation.object : undefined;
}

const named = z.object({ metadata: z.object({ name: z.string() }) });

async function otherNames(cluster: Cluster, namespace: string): Promise<readonly string[]> {
  const others = await cluster.list({ ...kind, namespace, limit: 10 }).catch(() => []);
  return others.flatMap(object => named.safeParse(object).data?.metadata.name ?? []);
}
