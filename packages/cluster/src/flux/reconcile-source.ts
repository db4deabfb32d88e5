import { ActionError } from '@eks-gitops/errors';
import type { FluxObject } from './flux-object.ts';
import { type FetchedRevision, type Goal, type GoalVerdict, goalWords } from './goal.ts';
import { judgeObject } from './judge-object.ts';
import { type FluxName, formatFluxName } from './kinds.ts';
import { reconcileObject } from './reconcile-object.ts';
import type { FluxSession } from './session.ts';
import type { Verdict } from './verdict.ts';

/** How a goal is judged; see `goalJudge`. */
export type JudgeGoal = (fetched: FetchedRevision, signal: AbortSignal) => Promise<GoalVerdict>;

export interface SourceRequest {
  readonly name: FluxName;
  readonly goal: Goal;
  readonly judgeGoal: JudgeGoal;
}

/** The sources that were asked for in a session, by their names in words. */
export type Fetches = Map<string, Promise<void>>;

/** Has a source fetched as {@link reconcileSource} does, unless it was asked already: then by the goal that it was asked with. */
export async function fetchOnce(session: FluxSession, fetches: Fetches, request: SourceRequest): Promise<void> {
  const key = formatFluxName(request.name);
  const fetching = fetches.get(key) ?? reconcileSource(session, request);
  fetches.set(key, fetching);
  await fetching;
}

/**
 * Has a source fetched, until it holds the goal, or what may be a later revision. Throws as `reconcileObject` does, and
 * REVISION_NOT_FETCHED when what it fetches has not held the goal for the session's tolerance.
 */
export async function reconcileSource(session: FluxSession, request: SourceRequest): Promise<void> {
  const { name, goal, judgeGoal } = request;
  const judge = async (object: FluxObject, signal: AbortSignal): Promise<Verdict<FetchedRevision>> => {
    const verdict = judgeObject(object, name, session.requestedAt);
    if (verdict.kind !== 'done') return verdict;
    const fetched = fetchedRevision(object);
    if (fetched === undefined) return { kind: 'waiting', why: 'waiting for an artifact' };
    if ((await judgeGoal(fetched, signal)) === 'missed') return { kind: 'passing', error: notFetched(name, goal, fetched) };
    return { ...verdict, value: fetched };
  };
  await reconcileObject(session, { name, judge, revisionOf: ({ revision }) => revision });
}

/** What a source's artifact is of; undefined before its first one. Source: OCIRepository, status.artifact.metadata. */
export function fetchedRevision({ status: { artifact } }: FluxObject): FetchedRevision | undefined {
  if (artifact === undefined) return undefined;
  return { revision: artifact.revision, origin: artifact.metadata?.['org.opencontainers.image.revision'] };
}

function notFetched(name: FluxName, goal: Goal, { revision }: FetchedRevision): ActionError {
  return new ActionError({
    code: 'REVISION_NOT_FETCHED',
    message: `${formatFluxName(name)} has fetched what does not hold the revision that is waited for.`,
    expected: goalWords(goal),
    found: revision,
    likely: 'it follows another branch or repository, the branch was forced back, or a mirror is behind',
  });
}
