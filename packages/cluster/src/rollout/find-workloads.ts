import { ActionError } from '@eks-gitops/errors';
import type { Cluster } from '../cluster.ts';
import { schemas } from './objects.ts';
import { type WorkloadName, workloadKinds } from './workload.ts';

/** The Deployments, StatefulSets and DaemonSets that a label selector matches now. Throws OBJECT_MISSING when there is none. */
export async function findWorkloads(
  cluster: Cluster,
  { namespace, labelSelector }: { namespace: string; labelSelector: string },
): Promise<readonly WorkloadName[]> {
  const lists = await Promise.all(
    workloadKinds.map(kind => cluster.list({ apiVersion: 'apps/v1', kind, namespace, labelSelector })),
  );
  const found = lists.flat().map(object => {
    const { kind, metadata } = schemas.workload.parse(object);
    return { kind, namespace: metadata.namespace, name: metadata.name };
  });
  if (found.length > 0) return found;
  throw new ActionError({
    code: 'OBJECT_MISSING',
    message: `No workload in the namespace ${namespace} has the labels ${labelSelector}.`,
    expected: 'at least one Deployment, StatefulSet or DaemonSet',
    found: 'none',
    remedy: 'check namespace and selector; selectors match the labels of the workload itself, not those of its pods',
  });
}
