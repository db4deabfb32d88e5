import { ActionError } from '@eks-gitops/errors';
import type { Cluster } from '../cluster.ts';
import { type FluxObject, readFluxObject } from './flux-object.ts';
import { type FluxName, formatFluxName, isFluxKind, resourceName } from './kinds.ts';
import { missing } from './watch-object.ts';

/** A Kustomization or HelmRelease, as it was before anything was asked. */
export interface PlannedObject {
  readonly name: FluxName;
  readonly object: FluxObject;
  readonly source: FluxName | undefined;
  readonly dependsOn: readonly FluxName[];
}

/**
 * Reads Kustomizations or HelmReleases and all that they depend on, what is depended on first. Throws OBJECT_MISSING for one that is not there, and
 * RECONCILIATION_STALLED for a circle, in which Flux waits for ever.
 */
export async function planDependencies(cluster: Cluster, roots: readonly FluxName[]): Promise<readonly PlannedObject[]> {
  const planned = new Map<string, PlannedObject>();
  const visit = async (name: FluxName, path: readonly FluxName[]): Promise<void> => {
    const key = formatFluxName(name);
    if (path.some(one => formatFluxName(one) === key)) throw circle([...path, name]);
    if (planned.has(key)) return;
    const found = await readPlanned(cluster, name);
    for (const dependency of found.dependsOn) await visit(dependency, [...path, name]);
    planned.set(key, found);
  };
  for (const root of roots) await visit(root, []);
  return [...planned.values()];
}

async function readPlanned(cluster: Cluster, name: FluxName): Promise<PlannedObject> {
  const found = await cluster.get(resourceName(name));
  if (found === undefined) throw missing(name);
  const object = readFluxObject(found, name);
  const { sourceRef, dependsOn } = object.spec;
  return {
    name,
    object,
    source: sourceName(sourceRef, name.namespace),
    dependsOn: dependsOn.map(({ name: other, namespace = name.namespace }) => ({ kind: name.kind, namespace, name: other })),
  };
}

/** The source that a reference names; undefined for a kind that Flux does not fetch by itself. */
export function sourceName(reference: FluxObject['spec']['sourceRef'], home: string): FluxName | undefined {
  if (reference === undefined) return undefined;
  const { kind = 'GitRepository', name, namespace = home } = reference;
  return isFluxKind(kind) ? { kind, name, namespace } : undefined;
}

function circle(path: readonly FluxName[]): ActionError {
  return new ActionError({
    code: 'RECONCILIATION_STALLED',
    message: `${path[0]?.kind}s depend on each other in a circle, and so none of them is ever applied.`,
    found: path.map(({ namespace, name }) => `${namespace}/${name}`).join(' → '),
    remedy: 'take one of them out of the dependsOn of the one before',
  });
}
