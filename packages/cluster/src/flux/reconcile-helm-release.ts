import type { Cluster } from '../cluster.ts';
import { type FluxObject, readFluxObject } from './flux-object.ts';
import { judgeObject } from './judge-object.ts';
import { type FluxName, resourceName } from './kinds.ts';
import { reconcileObject } from './reconcile-object.ts';
import type { FluxSession } from './session.ts';
import type { Verdict } from './verdict.ts';
import { missing } from './watch-object.ts';

export interface HelmReleaseRequest {
  readonly name: FluxName;
  /** Installs or upgrades even when nothing has changed. */
  readonly force: boolean;
  /** Forgets earlier failures, so that the limits of remediation begin anew. */
  readonly reset: boolean;
}

/** Has a release reconciled until it is ready. Throws as `reconcileObject` does. Source: helm-controller, docs/spec/v2/helmreleases.md. */
export async function reconcileHelmRelease(session: FluxSession, { name, force, reset }: HelmReleaseRequest): Promise<void> {
  const judge = async (object: FluxObject): Promise<Verdict<string>> => {
    const verdict = judgeObject(object, name, session.requestedAt);
    return verdict.kind === 'done' ? { ...verdict, value: object.status.lastAttemptedRevision ?? '' } : verdict;
  };
  const annotations = [...(force ? ['reconcile.fluxcd.io/forceAt'] : []), ...(reset ? ['reconcile.fluxcd.io/resetAt'] : [])];
  await reconcileObject(session, { name, judge, revisionOf: revision => revision, annotations });
}

/** The Kustomization that has applied a release, by the labels that kustomize-controller sets. Throws OBJECT_MISSING without the release. */
export async function kustomizationOf(cluster: Cluster, release: FluxName): Promise<FluxName | undefined> {
  const found = await cluster.get(resourceName(release));
  if (found === undefined) throw missing(release);
  const { labels } = readFluxObject(found, release).metadata;
  const name = labels['kustomize.toolkit.fluxcd.io/name'];
  const namespace = labels['kustomize.toolkit.fluxcd.io/namespace'];
  return name === undefined || namespace === undefined ? undefined : { kind: 'Kustomization', namespace, name };
}
