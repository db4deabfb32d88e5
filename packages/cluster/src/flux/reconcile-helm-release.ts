import type { Cluster } from '../cluster.ts';
import { fetchChart } from './fetch-chart.ts';
import { type FluxObject, isReady, readFluxObject } from './flux-object.ts';
import { judgeObject } from './judge-object.ts';
import { type FluxName, formatFluxName, resourceName } from './kinds.ts';
import { type PlannedObject, planDependencies } from './plan-dependencies.ts';
import { reconcileObject } from './reconcile-object.ts';
import type { Fetches } from './reconcile-source.ts';
import type { FluxSession } from './session.ts';
import type { Verdict } from './verdict.ts';

export interface HelmReleasesRequest {
  readonly helmReleases: readonly FluxName[];
  /** Whether their charts are fetched first. */
  readonly withSource: boolean;
  readonly sources: Fetches;
  /** Installs or upgrades even when nothing has changed. */
  readonly force: boolean;
  /** Forgets earlier failures, so that the limits of remediation begin anew. */
  readonly reset: boolean;
}

/**
 * Has releases reconciled until they are ready, with what they depend on before them: a dependency that is ready already is not asked,
 * and none is forced or reset, nor its chart fetched. Throws as `reconcileObject` does. Source: helm-controller, docs/spec/v2/helmreleases.md.
 */
export async function reconcileHelmReleases(session: FluxSession, request: HelmReleasesRequest): Promise<void> {
  const plan = await planDependencies(session.cluster, request.helmReleases);
  const roots = new Set(request.helmReleases.map(formatFluxName));
  const releasing = new Map<string, Promise<void>>();
  const release = async ({ name, object, dependsOn }: PlannedObject): Promise<void> => {
    await Promise.all(dependsOn.map(dependency => releasing.get(formatFluxName(dependency))));
    if (roots.has(formatFluxName(name))) {
      if (request.withSource) await fetchChart(session, { release: name, object, sources: request.sources });
      await reconcileHelmRelease(session, name, request);
    } else if (!isReady(object)) await reconcileHelmRelease(session, name, { force: false, reset: false });
  };
  for (const planned of plan) releasing.set(formatFluxName(planned.name), release(planned));
  await Promise.all(releasing.values());
}

async function reconcileHelmRelease(
  session: FluxSession,
  name: FluxName,
  { force, reset }: Pick<HelmReleasesRequest, 'force' | 'reset'>,
): Promise<void> {
  const judge = async (object: FluxObject): Promise<Verdict<string>> => {
    const verdict = judgeObject(object, name, session.requestedAt);
    return verdict.kind === 'done' ? { ...verdict, value: object.status.lastAttemptedRevision ?? '' } : verdict;
  };
  const annotations = [...(force ? ['reconcile.fluxcd.io/forceAt'] : []), ...(reset ? ['reconcile.fluxcd.io/resetAt'] : [])];
  await reconcileObject(session, { name, judge, revisionOf: revision => revision, annotations });
}

/** The Kustomization that has applied a release, by the labels that kustomize-controller sets; none of a release that is not there yet. */
export async function kustomizationOf(cluster: Cluster, release: FluxName): Promise<FluxName | undefined> {
  const found = await cluster.get(resourceName(release));
  if (found === undefined) return undefined;
  const { labels } = readFluxObject(found, release).metadata;
  const name = labels['kustomize.toolkit.fluxcd.io/name'];
  const namespace = labels['kustomize.toolkit.fluxcd.io/namespace'];
  return name === undefined || namespace === undefined ? undefined : { kind: 'Kustomization', namespace, name };
}
