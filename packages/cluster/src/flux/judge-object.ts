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
  if (stalled?.status === 'True') return { kind: 'failed', error: conditionError(name, stalled) };
  const ready = currentCondition(object, 'Ready');
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
  return { kind: lasting.has(ready.reason) ? 'failed' : 'passing', error: conditionError(name, ready) };
}

/** What the controller says that it is doing. */
function progressOf(object: FluxObject): string | undefined {
  const progress = currentCondition(object, 'Reconciling');
  return progress?.status === 'True' && progress.message !== '' ? progress.message : undefined;
}
