import { isReady, readFluxObject } from './flux-object.ts';
import { type FetchedRevision, type Goal, goalJudge } from './goal.ts';
import type { NamedImage } from './image-named.ts';
import { type FluxName, formatFluxName, resourceName } from './kinds.ts';
import { type PlannedObject, planDependencies } from './plan-dependencies.ts';
import { type AppliedRevision, reconcileKustomization } from './reconcile-kustomization.ts';
import { type Fetches, fetchedRevision, fetchOnce } from './reconcile-source.ts';
import type { FluxSession } from './session.ts';

export interface RevisionRequest {
  readonly kustomizations: readonly FluxName[];
  readonly goal: Goal;
  /** Whether their sources are fetched first. A goal needs that. */
  readonly withSource: boolean;
  readonly sources: Fetches;
  readonly image?: NamedImage | undefined;
}

export type AppliedKustomization = AppliedRevision & { readonly kustomization: FluxName };

/**
 * Has the sources fetched and the Kustomizations applied, with what they depend on before them: each object is asked once, and what
 * does not wait for another goes on beside it. A dependency that is ready already is not asked. Gives what each Kustomization that was
 * asked for has applied.
 */
export async function reconcileRevision(
  session: FluxSession,
  request: RevisionRequest,
): Promise<readonly AppliedKustomization[]> {
  const { kustomizations, goal } = request;
  const plan = await planDependencies(session.cluster, kustomizations);
  const roots = new Set(kustomizations.map(formatFluxName));
  const sourcesOfRoots = new Set(
    plan.flatMap(({ name, source }) => (source && roots.has(formatFluxName(name)) ? [formatFluxName(source)] : [])),
  );
  const judgeGoal = goalJudge(goal);
  const applying = new Map<string, Promise<AppliedRevision | undefined>>();

  const apply = async (planned: PlannedObject): Promise<AppliedRevision | undefined> => {
    const { name, source, dependsOn } = planned;
    const ofGoal = request.withSource && source !== undefined && sourcesOfRoots.has(formatFluxName(source));
    if (ofGoal) await fetchOnce(session, request.sources, { name: source, goal, judgeGoal });
    await Promise.all(dependsOn.map(dependency => applying.get(formatFluxName(dependency))));
    const currentSource = ofGoal ? () => readSource(session, source) : undefined;
    if (!roots.has(formatFluxName(name)) && (await isUpToDate(planned, currentSource))) return undefined;
    const what = ofGoal ? { goal, judgeGoal } : { goal: anyRevision, judgeGoal: goalJudge(anyRevision) };
    return reconcileKustomization(session, { name, ...what, currentSource, image: request.image });
  };

  for (const planned of plan) applying.set(formatFluxName(planned.name), apply(planned));
  await Promise.all(applying.values());
  const applied = await Promise.all(
    kustomizations.map(async kustomization => ({ kustomization, done: await applying.get(formatFluxName(kustomization)) })),
  );
  return applied.flatMap(({ kustomization, done }) => (done === undefined ? [] : [{ kustomization, ...done }]));
}

const anyRevision: Goal = { kind: 'any' };

async function readSource({ cluster }: FluxSession, name: FluxName): Promise<FetchedRevision | undefined> {
  const object = await cluster.get(resourceName(name));
  return object === undefined ? undefined : fetchedRevision(readFluxObject(object, name));
}

/** As the kustomize-controller judges a dependency: ready, and of its source's revision where that is ours too. */
async function isUpToDate({ object }: PlannedObject, currentSource: (() => Promise<FetchedRevision | undefined>) | undefined) {
  if (!isReady(object)) return false;
  return currentSource === undefined || (await currentSource())?.revision === object.status.lastAppliedRevision;
}
