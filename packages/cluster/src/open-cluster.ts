import { ActionError } from '@eks-gitops/errors';
import type { Cluster, ClusterOptions } from './cluster.ts';

/**
 * Opens a connection to a cluster's API server: reads the kubeconfig, or asks Amazon EKS for the address. The server itself is first
 * spoken to by the first call.
 * Throws CLUSTER_INVALID (a kubeconfig or in-cluster configuration that does not work), CLUSTER_NOT_FOUND (no EKS cluster of that name), AWS_CREDENTIALS_MISSING,
 * CLUSTER_DENIED (AWS does not let this identity describe the cluster or assume the role), CLUSTER_UNREACHABLE.
 */
export async function openCluster(options: ClusterOptions): Promise<Cluster> {
  throw new ActionError({ code: 'CLUSTER_UNREACHABLE', message: `Connecting by ${options.target.kind} is still to come.` });
}
