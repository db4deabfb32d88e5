import { toActionError } from '@eks-gitops/errors';
import { followEvents } from './follow-events.ts';
import { type FluxName, formatFluxName, resourceName } from './kinds.ts';
import type { FluxSession } from './session.ts';
import { type Judge, watchObject } from './watch-object.ts';

export interface ObjectRequest<T> {
  readonly name: FluxName;
  readonly judge: Judge<T>;
  /** The revision to report. */
  readonly revisionOf: (value: T) => string;
  /** More annotations that get the token as their value. */
  readonly annotations?: readonly string[];
}

const requestAnnotation = 'reconcile.fluxcd.io/requestedAt';

/** Asks Flux to reconcile an object, and watches it until it is judged done. Throws as {@link watchObject} does, and OBJECT_MISSING. */
export async function reconcileObject<T>(
  session: FluxSession,
  { name, judge, revisionOf, annotations = [] }: ObjectRequest<T>,
): Promise<T> {
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1000;
  session.onProgress(`${formatFluxName(name)}: asking for a reconciliation`);
  const endEvents = followEvents(session, name);
  try {
    const asked = [requestAnnotation, ...annotations].map(annotation => [annotation, session.requestedAt] as const);
    await session.cluster.patch(resourceName(name), { metadata: { annotations: Object.fromEntries(asked) } });
    const { value, reason } = await watchObject(session, name, judge);
    session.onReconciled({ object: name, revision: revisionOf(value), reason, seconds: seconds() });
    return value;
  } catch (thrown) {
    session.onFailed({ object: name, error: toActionError(thrown), seconds: seconds() });
    throw thrown;
  } finally {
    endEvents();
  }
}
