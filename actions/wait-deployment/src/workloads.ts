import type { Cluster } from '@eks-gitops/cluster';
import { findWorkloads, type GivenWorkload, parseWorkload, type WorkloadName } from '@eks-gitops/cluster/rollout';
import { ActionError } from '@eks-gitops/errors';

export function parseGiven(item: string): GivenWorkload {
  return parseWorkload(item);
}

export interface GivenWorkloads {
  readonly workload: readonly GivenWorkload[];
  readonly selector: string | undefined;
  readonly namespace: string;
}

/** The workloads that are meant; with a selector, those that the cluster has now. Throws INPUT_MISSING, INPUT_INVALID, OBJECT_MISSING. */
export async function resolveWorkloads(cluster: Cluster, given: GivenWorkloads): Promise<readonly WorkloadName[]> {
  const { workload, selector, namespace } = given;
  if (selector !== undefined) return findWorkloads(cluster, { namespace, labelSelector: selector });
  return workload.map(one => ({ ...one, namespace }));
}

/** Throws INPUT_MISSING or INPUT_INVALID unless there is one way in which workloads are named. */
export function verifyGiven({ workload, selector }: Pick<GivenWorkloads, 'workload' | 'selector'>): void {
  if ((workload.length === 0) !== (selector === undefined)) return;
  const both = selector !== undefined;
  throw new ActionError({
    code: both ? 'INPUT_INVALID' : 'INPUT_MISSING',
    message: both ? 'Workloads are named in two ways.' : 'No workload is named.',
    expected: 'workload or selector',
    found: both ? 'both' : 'neither',
  });
}
