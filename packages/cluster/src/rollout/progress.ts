import type { Fault } from './fault.ts';
import { lastSeen, type Workload } from './objects.ts';
import { isReady } from './pod-faults.ts';
import type { RevisionPods, RolloutView } from './revision.ts';

/** How many pods the workload is to have now; a DaemonSet's as its controller counts the nodes. */
export function desiredPods(workload: Workload): number {
  return workload.kind === 'DaemonSet' ? workload.status.desiredNumberScheduled : workload.spec.replicas;
}

/** What a rollout still lacks, a phrase each, by the workload's status and by the pods themselves; nothing when it is complete. */
export function lacksOf(workload: Workload, pods: RevisionPods): readonly string[] {
  if (pods.hash === undefined) return ['its controller to make the new revision'];
  const desired = desiredPods(workload);
  const counted = Math.min(countedAvailable(workload, pods), pods.newest.filter(isReady).length);
  const older = pods.older.map(({ metadata }) => metadata.name);
  return [
    ...(counted < desired ? [`${desired - counted} of ${desired} new pods to be available`] : []),
    ...(older.length > 0 ? [`the older pods to end (${shortened(older)})`] : []),
    ...(counted >= desired && older.length === 0 && hasOlderReplicas(workload) ? ['the older replicas to end'] : []),
  ];
}

/** New pods that the controllers count as available (ready for `minReadySeconds`). */
function countedAvailable(workload: Workload, { replicaSet }: RevisionPods): number {
  const { kind, status } = workload;
  if (kind === 'DaemonSet') return Math.min(status.updatedNumberScheduled, status.numberAvailable);
  if (kind === 'StatefulSet') return Math.min(status.updatedReplicas, status.availableReplicas);
  return Math.min(status.updatedReplicas, status.availableReplicas, replicaSet?.status.availableReplicas ?? 0);
}

function hasOlderReplicas({ kind, status }: Workload): boolean {
  return kind !== 'DaemonSet' && status.replicas > status.updatedReplicas;
}

function shortened(names: readonly string[]): string {
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}

/** What keeps a workload that lacks pods from making them. */
export function workloadFaults(workload: Workload, pods: RevisionPods, view: RolloutView): readonly Fault[] {
  const refusal = creationRefusal(pods, view);
  const refused: Fault[] =
    refusal === undefined || saysQuota(refusal)
      ? []
      : [{ kind: 'pod-creation', says: 'The cluster refuses to create the pods.', found: refusal }];
  return [...refused, ...held(workload, pods), ...stalled(workload, pods)];
}

/** What holds the workload up and may pass in its own time. */
export function workloadTroubles(workload: Workload, pods: RevisionPods, view: RolloutView): readonly string[] {
  const refusal = creationRefusal(pods, view);
  const byHand = workload.kind !== 'Deployment' && workload.spec.updateStrategy.type === 'OnDelete' && pods.older.length > 0;
  return [
    ...(refusal !== undefined && saysQuota(refusal) ? [`no more pods are allowed: ${refusal}`] : []),
    ...(byHand ? ['its update strategy is OnDelete: pods are only replaced when somebody deletes them'] : []),
  ];
}

function saysQuota(message: string): boolean {
  return /exceeded quota|failed quota|insufficient quota/.test(message);
}

/** A ReplicaSet says it in a condition; the controllers of StatefulSets and DaemonSets only by events. */
function creationRefusal({ replicaSet }: RevisionPods, { workload, events }: RolloutView): string | undefined {
  const failure = replicaSet?.status.conditions.find(({ type, status }) => type === 'ReplicaFailure' && status === 'True');
  if (workload?.kind === 'Deployment') return failure?.message;
  const attempts = events.filter(({ reason }) => reason === 'FailedCreate' || reason === 'SuccessfulCreate');
  const last = attempts.sort((a, b) => lastSeen(b) - lastSeen(a))[0];
  return last?.reason === 'FailedCreate' ? last.message : undefined;
}

/** A rollout that its controller does not go on with until somebody changes the workload. */
function held(workload: Workload, { hash, older }: RevisionPods): readonly Fault[] {
  // A paused Deployment is still scaled: only another revision is not rolled out.
  if (workload.kind === 'Deployment' && workload.spec.paused && (hash === undefined || older.length > 0)) {
    return [{ kind: 'paused', says: 'The rollout is paused.', found: 'spec.paused is true' }];
  }
  if (workload.kind !== 'StatefulSet' || workload.spec.updateStrategy.type !== 'RollingUpdate') return [];
  const partition = workload.spec.updateStrategy.rollingUpdate?.partition ?? 0;
  const kept = older.filter(({ metadata }) => ordinalOf(metadata.name) < partition);
  if (kept.length === 0 || kept.length < older.length) return [];
  return [{ kind: 'paused', says: 'A partition keeps pods at an older revision.', found: `partition ${partition}` }];
}

function ordinalOf(pod: string): number {
  return Number(/\d+$/.exec(pod)?.[0] ?? Number.NaN);
}

function stalled(workload: Workload, { replicaSet }: RevisionPods): readonly Fault[] {
  if (workload.kind !== 'Deployment') return [];
  const exceeded = workload.status.conditions.find(
    ({ type, status, reason }) => type === 'Progressing' && status === 'False' && reason === 'ProgressDeadlineExceeded',
  );
  if (exceeded === undefined || isOfAnother(exceeded.message, replicaSet?.metadata.name)) return [];
  return [{ kind: 'progress-deadline', says: 'The rollout made no progress within its deadline.', found: exceeded.message }];
}

/**
 * After going back to a ReplicaSet that is still there, the controller leaves the condition as it was of the one before until it sees
 * progress (kubernetes/pkg/controller/deployment/progress.go and util SetDeploymentCondition).
 */
function isOfAnother(message: string, replicaSet: string | undefined): boolean {
  const named = /^ReplicaSet "([^"]+)" has timed out progressing/.exec(message)?.[1];
  return named !== undefined && named !== replicaSet;
}
