import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ActionError } from '@eks-gitops/errors';
import { proxyFor, proxySettings } from '@eks-gitops/http';
import type { ClusterAccess } from './access.ts';
import type { ClusterOptions } from './cluster.ts';
import { tokenFileCredentials } from './token-file.ts';

const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * Access as the service account of the pod that this process runs in (Kubernetes documentation, "Accessing the Kubernetes API from a Pod").
 * Throws CLUSTER_INVALID.
 */
export async function inClusterAccess(
  { env, mask }: Pick<ClusterOptions, 'env' | 'mask'>,
  folder = serviceAccount,
): Promise<ClusterAccess> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env;
  if (!host || !port) throw notInCluster('KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set');
  const url = new URL(`https://${host.includes(':') ? `[${host}]` : host}:${port}`);
  const authorities = await readFile(join(folder, 'ca.crt'), 'utf8').catch(thrown => {
    throw notInCluster(String(thrown), thrown);
  });
  const credentials = tokenFileCredentials({ file: join(folder, 'token'), mask });
  await credentials.current();
  return {
    server: { url, authorities, skipVerification: false, proxy: proxyFor(url, proxySettings(env)) },
    credentials,
    headers: {},
    origin: { kind: 'in-cluster' },
    notices: [],
  };
}

function notInCluster(found: string, cause?: unknown): ActionError {
  return new ActionError({
    code: 'CLUSTER_INVALID',
    message: 'This process does not run in a pod that may talk to its cluster.',
    expected: `a pod with a service account: ${serviceAccount}/token and ca.crt, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT`,
    found,
    remedy:
      'Give the cluster by cluster-name or kubeconfig, or let the pod have its service account (automountServiceAccountToken).',
    cause,
  });
}
