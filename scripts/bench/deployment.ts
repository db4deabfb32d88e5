import type { KubernetesApi, ObjectName } from '@eks-gitops/testbed';
import { z } from 'zod';

const owner = z.object({ metadata: z.object({ uid: z.string() }) });
const labels = { app: 'ui' };
const template = { metadata: { labels }, spec: { containers: [{ name: 'ui', image: 'registry.example/shop/ui:1' }] } };
const metadata = (name: string) => ({ name, namespace: 'default' });
const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: metadata('ui') };
const replicaSet = { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: metadata('ui-1') };
const pod = { apiVersion: 'v1', kind: 'Pod', metadata: metadata('ui-1-1') };

/** A Deployment `ui` of which it is known to the millisecond when its rollout ends: the bench writes what its controllers would. */
export interface PlayedDeployment {
  /** Its pod is not ready yet. */
  readonly begin: () => Promise<void>;
  /** All is as at the end, but the Deployment's own status. */
  readonly ripen: () => Promise<void>;
  readonly end: () => Promise<void>;
}

/** Makes it, with its ReplicaSet and pod, on an API server without controllers. */
export async function playDeployment(api: KubernetesApi): Promise<PlayedDeployment> {
  const own = { ...template, metadata: { labels: { ...labels, 'pod-template-hash': '1' } } };
  const matchLabels = own.metadata.labels;
  await api.apply(JSON.stringify({ ...deployment, spec: { replicas: 1, selector: { matchLabels: labels }, template } }));
  const set = { ...replicaSet, metadata: { ...replicaSet.metadata, labels: matchLabels, ...(await ownedBy(api, deployment)) } };
  await api.apply(JSON.stringify({ ...set, spec: { replicas: 1, selector: { matchLabels }, template: own } }));
  const member = { ...pod, metadata: { ...pod.metadata, labels: matchLabels, ...(await ownedBy(api, replicaSet)) } };
  await api.apply(JSON.stringify({ ...member, spec: own.spec }));
  const report = (ready: number) => api.patchStatus(deployment, deploymentStatus(ready));
  const ready = async (is: boolean): Promise<void> => {
    await api.patchStatus(pod, podStatus(is));
    await api.patchStatus(replicaSet, replicaSetStatus(is ? 1 : 0));
  };
  return {
    begin: async () => {
      await report(0);
      await ready(false);
    },
    ripen: () => ready(true),
    end: () => report(1),
  };
}

async function ownedBy(api: KubernetesApi, name: ObjectName): Promise<object> {
  const { uid } = owner.parse(await api.get(name)).metadata;
  const { apiVersion, kind } = name;
  return { ownerReferences: [{ apiVersion, kind, name: name.metadata.name, uid, controller: true }] };
}

function deploymentStatus(ready: number): object {
  const conditions = [{ type: 'Available', status: truth(ready > 0), reason: 'Bench' }];
  const counts = {
    replicas: 1,
    updatedReplicas: 1,
    readyReplicas: ready,
    availableReplicas: ready,
    unavailableReplicas: 1 - ready,
  };
  return { observedGeneration: 1, ...counts, conditions };
}

function replicaSetStatus(ready: number): object {
  return { observedGeneration: 1, replicas: 1, fullyLabeledReplicas: 1, readyReplicas: ready, availableReplicas: ready };
}

function podStatus(ready: boolean): object {
  const state = { running: { startedAt: '2026-11-23T17:20:00Z' } };
  const image = template.spec.containers[0]?.image;
  const container = { name: 'ui', image, imageID: '', ready, restartCount: 0, state };
  const conditions = ['PodScheduled', 'Ready'].map(type => ({ type, status: truth(ready || type === 'PodScheduled') }));
  return { phase: 'Running', conditions, containerStatuses: [container] };
}

function truth(is: boolean): 'True' | 'False' {
  return is ? 'True' : 'False';
}
