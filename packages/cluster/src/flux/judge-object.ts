import { conditionError, suspendedError } from './errors.ts';
import { type Condition, currentCondition, type FluxObject } from './flux-object.ts';
import { controllerOf, type FluxName } from './kinds.ts';
import type { Verdict } from './verdict.ts';

/** Reasons of Ready=False after which a controller tries again by itself soon, and that say nothing is wrong. */
const underWay = new Set(['Progressing', 'ProgressingWithRetry', 'DependencyNotReady', 'HealthCheckCanceled']);
/** Reasons that trying again does not mend: the manifests have to change. */
const lasting = new Set([
  'BuildFailed',
  'HealthCheckFailed',
  'ReconciliationFailed',
  'PruneFailed',
  'InvalidCELExpression',
  'InstallFailed',
  'UpgradeFailed',
  'TestFailed',
  'RollbackSucceeded',
  'UninstallSucceeded',
]);
/** Reasons of Stalled=True by which a release only says that it tries no more; Ready says what went wrong. */
const givenUp = new Set(['RetriesExceeded', 'MissingRollbackTarget']);

/**
 * Whether an object has handled our request, and with which end. A condition counts only when it is of the object's present generation,
 * and after the request.
 */
export function judgeObject(object: FluxObject, name: FluxName, requestedAt: string): Verdict {
  if (object.spec.suspend) return { kind: 'failed', error: suspendedError(name) };
  if (object.status.lastHandledReconcileAt !== requestedAt) {
    return { kind: 'waiting', why: progressOf(object) ?? `waiting for ${controllerOf(name.kind)} to take the request` };
  }
  const stalled = currentCondition(object, 'Stalled');
  const ready = currentCondition(object, 'Ready');
  if (stalled?.status === 'True') {
    const error = ready && givenUp.has(stalled.reason) ? conditionError(name, ready, stalled) : conditionError(name, stalled);
    return { kind: 'failed', error };
  }
  if (ready === undefined)
    return { kind: 'waiting', why: `waiting for ${controllerOf(name.kind)} to take up the changed object` };
  return judgeReady(object, name, ready);
}

function judgeReady(object: FluxObject, name: FluxName, ready: Condition): Verdict {
  if (ready.status === 'True') return { kind: 'done', value: undefined, reason: ready.reason };
  // An ImagePolicy depends on a scan, which nobody follows for it: there the reason lasts when the scan has failed.
  const isUnderWay = underWay.has(ready.reason) && name.kind !== 'ImagePolicy';
  if (ready.status === 'Unknown' || isUnderWay) {
    return { kind: 'waiting', why: progressOf(object) ?? ready.message };
  }
  const lasts = lasting.has(ready.reason) && !isRetried(object, name);
  return { kind: lasts ? 'failed' : 'passing', error: conditionError(name, ready) };
}

/** Whether a release has failed that asks to be tried again, and is. */
function isRetried(object: FluxObject, { kind }: FluxName): boolean {
  const { install, upgrade } = object.spec;
  const asks = [install, upgrade].some(action => action?.remediation !== undefined && action.remediation.retries !== 0);
  return kind === 'HelmRelease' && asks && currentCondition(object, 'Reconciling')?.status === 'True';
}

/** What the controller says that it is doing. */
function progressOf(object: FluxObject): string | undefined {
  const progress = currentCondition(object, 'Reconciling');
  return progress?.status === 'True' && progress.message !== '' ? progress.message : undefined;
}
