import { isDeepStrictEqual } from 'node:util';
import type { ClusterEvent, ControllerRevision, Deployment, Pod, PodTemplate, ReplicaSet, Workload } from './objects.ts';

/** All that is known of one rollout at one moment. */
export interface RolloutView {
  /** Undefined when there is no such workload. */
  readonly workload: Workload | undefined;
  /** Of a Deployment. */
  readonly replicaSets: readonly ReplicaSet[];
  /** Of a DaemonSet. */
  readonly controllerRevisions: readonly ControllerRevision[];
  /** All that the workload's selector matches. */
  readonly pods: readonly Pod[];
  /** Those of a StatefulSet or DaemonSet itself. */
  readonly events: readonly ClusterEvent[];
}

/** The pods of a workload that have not ended, told apart by whether they are of the workload's present template. */
export interface RevisionPods {
  /** What the newest pods' label says; undefined when the controller has not made that revision yet. */
  readonly hash: string | undefined;
  readonly replicaSet?: ReplicaSet | undefined;
  /** Of the newest revision, and not being deleted. */
  readonly newest: readonly Pod[];
  /** Of any other, also while they are being deleted: until they have ended they may still answer. */
  readonly older: readonly Pod[];
}

/** Tells a workload's pods apart. Only meaningful when the controller has observed the workload's generation. */
export function revisionPods(workload: Workload, view: RolloutView): RevisionPods {
  if (workload.kind === 'Deployment') return deploymentPods(workload, view);
  const living = view.pods.filter(pod => ownedBy(pod, workload.metadata.uid) && isLiving(pod));
  const hash = workload.kind === 'StatefulSet' ? workload.status.updateRevision || undefined : newestHash(workload, view);
  return { hash, ...parted(living, pod => labelledHash(pod) === hash) };
}

function deploymentPods(deployment: Deployment, { replicaSets, pods }: RolloutView): RevisionPods {
  const own = replicaSets.filter(set => ownedBy(set, deployment.metadata.uid));
  const replicaSet = newestReplicaSet(deployment, own);
  const living = pods.filter(pod => own.some(set => ownedBy(pod, set.metadata.uid)) && isLiving(pod));
  const isNewest = (pod: Pod): boolean => replicaSet !== undefined && ownedBy(pod, replicaSet.metadata.uid);
  return {
    hash: replicaSet?.metadata.labels['pod-template-hash'],
    replicaSet,
    ...parted(living, isNewest),
  };
}

/** As the deployment controller finds it: the oldest whose template is the Deployment's (`FindNewReplicaSet` in kubernetes/pkg/controller/deployment/util). */
function newestReplicaSet(deployment: Deployment, own: readonly ReplicaSet[]): ReplicaSet | undefined {
  return own
    .filter(set => isDeepStrictEqual(withoutHash(set.spec.template), withoutHash(deployment.spec.template)))
    .sort((a, b) => a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp))[0];
}

function withoutHash({ metadata: { labels = {}, ...metadata } = {}, ...template }: PodTemplate): unknown {
  const { 'pod-template-hash': _, ...others } = labels;
  return { ...template, metadata: { ...metadata, labels: others } };
}

/** A DaemonSet's status does not name its newest revision: it is the one with the highest number. */
function newestHash({ metadata: { uid } }: Workload, { controllerRevisions }: RolloutView): string | undefined {
  const own = controllerRevisions.filter(revision => ownedBy(revision, uid));
  const [newest] = own.sort((a, b) => b.revision - a.revision);
  return newest === undefined ? undefined : labelledHash(newest);
}

function parted(living: readonly Pod[], isNewest: (pod: Pod) => boolean): Pick<RevisionPods, 'newest' | 'older'> {
  const isLeaving = ({ metadata }: Pod): boolean => metadata.deletionTimestamp !== undefined;
  return {
    newest: living.filter(pod => isNewest(pod) && !isLeaving(pod)),
    older: living.filter(pod => !isNewest(pod)),
  };
}

function labelledHash({ metadata: { labels } }: Pick<Pod, 'metadata'>): string | undefined {
  return labels['controller-revision-hash'];
}

function ownedBy({ metadata: { ownerReferences } }: Pick<Pod, 'metadata'>, uid: string): boolean {
  return ownerReferences.some(owner => owner.controller && owner.uid === uid);
}

function isLiving({ status: { phase } }: Pod): boolean {
  return phase !== 'Succeeded' && phase !== 'Failed';
}
