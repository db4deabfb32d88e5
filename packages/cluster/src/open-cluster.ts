import type { ClusterAccess } from './access.ts';
import { openClient } from './client.ts';
import type { Cluster, ClusterOptions } from './cluster.ts';
import { openExchange } from './http/exchange.ts';
import { trackPresence } from './http/presence.ts';
import { openTransport } from './http/transport.ts';

const firstDelays = [500, 1_000, 2_000, 4_000];
/** A server that has answered before may be starting again: that takes a minute, sometimes more. */
const laterDelays = [250, 500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000, 8_000, 8_000, 8_000];

/**
 * Opens a connection to a cluster's API server: reads the kubeconfig, or asks Amazon EKS for the address. The server itself is first
 * spoken to by the first call.
 * Throws CLUSTER_INVALID (a kubeconfig or in-cluster configuration that does not work), CLUSTER_NOT_FOUND (no EKS cluster of that name),
 * AWS_CREDENTIALS_MISSING, CLUSTER_DENIED (AWS does not let this identity describe the cluster or assume the role), CLUSTER_UNREACHABLE.
 */
export async function openCluster(options: ClusterOptions): Promise<Cluster> {
  const { onNotice = () => undefined, retryDelays } = options;
  const access = await findAccess(options);
  for (const notice of access.notices) onNotice(notice);
  const server = access.server.url.href.replace(/\/$/, '');
  const closed = new AbortController();
  const signal = AbortSignal.any([options.signal, closed.signal]);
  const transport = openTransport(access.server);
  const presence = trackPresence({ server, onNotice, patience: 5_000, now: () => performance.now() });
  const exchange = openExchange({
    server,
    transport,
    presence,
    signal,
    origin: access.origin,
    credentials: access.credentials,
    headers: access.headers,
    retryDelays: () => retryDelays ?? (presence.reached() ? laterDelays : firstDelays),
  });
  const close = async (): Promise<void> => {
    closed.abort();
    await transport.close();
  };
  return openClient({ exchange, firstTries: (retryDelays ?? firstDelays).length, doubt: 15_000, signal, close });
}

async function findAccess(options: ClusterOptions): Promise<ClusterAccess> {
  const { target } = options;
  switch (target.kind) {
    case 'eks':
      return (await import('./eks/eks-access.ts')).eksAccess(target, options);
    case 'kubeconfig':
      return (await import('./kubeconfig/kubeconfig-access.ts')).kubeconfigAccess(target, options);
    case 'in-cluster':
      return (await import('./in-cluster.ts')).inClusterAccess(options);
  }
}
