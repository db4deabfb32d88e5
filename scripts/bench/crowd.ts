import type { KubernetesApi } from '@eks-gitops/testbed';
import { kustomization, namespace } from './flux-world.ts';

export interface Crowd {
  readonly pods: number;
  readonly kustomizations: number;
  /** Of the pods. */
  readonly node: string;
}

/** How many objects are sent at once. */
const lanes = 16;

/**
 * Fills a cluster with what nobody waits for, beside what somebody does: pods in the namespace `default`, and suspended Kustomizations
 * in that of Flux, which cost its controllers nothing.
 */
export async function addCrowd(api: KubernetesApi, { pods, kustomizations, node }: Crowd): Promise<void> {
  const names = (count: number) => Array.from({ length: count }, (_, n) => `other-${n}`);
  const objects = [
    ...names(pods).map(name => podOf(name, node)),
    ...names(kustomizations).map(name => ({ ...kustomization, metadata: { name, namespace }, spec: suspended })),
  ];
  const parts = Array.from({ length: lanes }, (_, lane) => objects.filter((_, n) => n % lanes === lane));
  await Promise.all(parts.map(part => api.apply(part.map(object => `---\n${JSON.stringify(object)}\n`).join(''))));
}

const suspended = {
  ...{ suspend: true, interval: '1h', path: './apps', prune: true },
  sourceRef: { kind: 'GitRepository', name: 'gitops' },
};

function podOf(name: string, nodeName: string): object {
  const metadata = { name, namespace: 'default', labels: { app: name } };
  const containers = [{ name: 'other', image: 'registry.example/shop/other:1' }];
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { nodeName, containers } };
}
