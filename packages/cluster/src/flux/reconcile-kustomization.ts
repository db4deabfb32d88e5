import { ActionError } from '@eks-gitops/errors';
import type { FluxObject } from './flux-object.ts';
import { type FetchedRevision, type Goal, goalWords } from './goal.ts';
import { type NamedImage, namesImage } from './image-named.ts';
import { judgeObject } from './judge-object.ts';
import { type FluxName, formatFluxName } from './kinds.ts';
import { reconcileObject } from './reconcile-object.ts';
import type { JudgeGoal } from './reconcile-source.ts';
import { parseCommit, shortRevision } from './revision.ts';
import type { FluxSession } from './session.ts';
import type { Verdict } from './verdict.ts';

export interface KustomizationRequest {
  readonly name: FluxName;
  readonly goal: Goal;
  readonly judgeGoal: JudgeGoal;
  /** What its source holds now; undefined when the source was not asked, and whatever it holds will do. */
  readonly currentSource: (() => Promise<FetchedRevision | undefined>) | undefined;
  /** What a workload has to name where a later revision cannot be told from another. */
  readonly image: NamedImage | undefined;
}

export interface AppliedRevision {
  readonly revision: string;
  /** The commit that it is, or that its artifact was made of; undefined where an artifact does not tell. */
  readonly commit: string | undefined;
  /** Whether it is a later one than the goal. */
  readonly superseded: boolean;
}

/**
 * Has a Kustomization applied, until the goal or a later revision is. Failures of another revision, which it had before, do not count.
 * Throws as `reconcileObject` does, and REVISION_UNVERIFIED when nothing shows that what it applies holds the goal.
 */
export async function reconcileKustomization(session: FluxSession, request: KustomizationRequest): Promise<AppliedRevision> {
  const { name } = request;
  const judge = async (object: FluxObject, signal: AbortSignal): Promise<Verdict<AppliedRevision>> => {
    const verdict = judgeObject(object, name, session.requestedAt);
    if (verdict.kind === 'waiting') return verdict;
    const { lastAppliedRevision: applied, lastAttemptedRevision: attempted } = object.status;
    if (verdict.kind !== 'done') {
      const isOther = isOfRevision(verdict.error) && attempted !== undefined && !(await isMeant(request, attempted, signal));
      return isOther
        ? { kind: 'waiting', why: `waiting for the revision that its source has; ${shortRevision(attempted)} failed` }
        : verdict;
    }
    if (applied === undefined || !(await isMeant(request, applied, signal))) {
      return {
        kind: 'waiting',
        why: `waiting for the revision that its source has; ${shortRevision(applied ?? 'nothing')} is applied`,
      };
    }
    const { lastAppliedOriginRevision: origin } = object.status;
    const goal = await request.judgeGoal({ revision: applied, origin }, signal);
    if (goal === 'unverified' && !(request.image && (await namesImage(session.cluster, object, request.image)))) {
      return { kind: 'passing', error: unverified(name, request, applied) };
    }
    return { ...verdict, value: { revision: applied, commit: parseCommit(origin ?? applied), superseded: goal !== 'reached' } };
  };
  return reconcileObject(session, { name, judge, revisionOf: ({ revision }) => revision });
}

/** Whether a failure is one of the manifests of a revision, rather than of the object or of fetching. */
function isOfRevision({ code }: ActionError): boolean {
  return code === 'RECONCILIATION_FAILED' || code === 'HEALTH_CHECK_FAILED';
}

/** Whether a revision is what the source has, or is known to hold the goal. */
async function isMeant({ goal, judgeGoal, currentSource }: KustomizationRequest, revision: string, signal: AbortSignal) {
  if (goal.kind === 'any' && currentSource === undefined) return true;
  if ((await currentSource?.())?.revision === revision) return true;
  const verdict = goal.kind === 'any' ? 'missed' : await judgeGoal({ revision }, signal);
  return verdict === 'reached' || verdict === 'superseded';
}

function unverified(name: FluxName, { goal, image }: KustomizationRequest, applied: string): ActionError {
  const asked = image === undefined ? '' : `, and no workload of it names ${image.name}:${image.tag ?? image.digest}`;
  return new ActionError({
    code: 'REVISION_UNVERIFIED',
    message: `Nothing shows that what ${formatFluxName(name)} has applied holds the revision that is waited for.`,
    expected: goalWords(goal),
    found: `${applied}${asked}`,
    likely: 'others have pushed to the branch since, or the source is behind',
    remedy: 'give repository, with access, so that the history can be asked',
  });
}
