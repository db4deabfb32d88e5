import { type Kubeconfig, kubeconfigInvalid, type Placed } from './parse.ts';
import type { ClusterEntry, UserEntry } from './schema.ts';

export interface Chosen {
  readonly context: string;
  readonly userName: string;
  readonly cluster: Placed<ClusterEntry>;
  readonly user: Placed<UserEntry>;
}

/** Finds cluster and user of a context, the current one when none is named, and refuses what kubectl refuses. Throws CLUSTER_INVALID. */
export function chooseContext(config: Kubeconfig, wanted: string | undefined): Chosen {
  const context = wanted ?? config.currentContext;
  const names = [...config.contexts.keys()].join(', ') || 'none';
  if (context === undefined) {
    throw kubeconfigInvalid('the kubeconfig', {
      expected: 'a current-context, or a context to be named',
      found: `no current-context; contexts: ${names}`,
    });
  }
  const placed = config.contexts.get(context);
  if (placed === undefined) {
    throw kubeconfigInvalid('the kubeconfig', { expected: `the context "${context}"`, found: `contexts: ${names}` });
  }
  const { place } = placed.origin;
  const { cluster: clusterName = '', user: userName = '' } = placed.entry;
  const cluster = config.clusters.get(clusterName);
  const user = config.users.get(userName);
  if (cluster === undefined) throw missing(place, { context, kind: 'cluster', name: clusterName });
  if (user === undefined) throw missing(place, { context, kind: 'user', name: userName });
  const fault = clusterFault(cluster.entry) ?? userFault(user.entry);
  if (fault !== undefined) throw kubeconfigInvalid(place, { found: `context "${context}": ${fault}` });
  return { context, userName, cluster, user };
}

function missing(place: string, { context, kind, name }: { context: string; kind: string; name: string }): Error {
  const found = name === '' ? `it names no ${kind}` : `there is no ${kind} "${name}"`;
  return kubeconfigInvalid(place, { expected: `a ${kind} for the context "${context}"`, found });
}

function clusterFault(cluster: ClusterEntry): string | undefined {
  const { server, 'proxy-url': proxy } = cluster;
  if (server === undefined) return 'its cluster has no server';
  if (!/^https?:\/\//.test(server) || !URL.canParse(server)) return `its server is not an http or https URL: ${server}`;
  if (cluster['certificate-authority'] && cluster['certificate-authority-data']) {
    return 'certificate-authority and certificate-authority-data are both given';
  }
  if (cluster['insecure-skip-tls-verify'] && (cluster['certificate-authority'] || cluster['certificate-authority-data'])) {
    return 'insecure-skip-tls-verify and a certificate authority exclude each other';
  }
  if (proxy !== undefined && !(URL.canParse(proxy) && /^(?:https?|socks5):$/.test(new URL(proxy).protocol))) {
    return 'its proxy-url is not an http, https or socks5 URL';
  }
  return undefined;
}

function userFault(user: UserEntry): string | undefined {
  const certificates = ['client-certificate', 'client-certificate-data'] as const;
  const keys = ['client-key', 'client-key-data'] as const;
  const given = (names: readonly (keyof UserEntry)[]): number => names.filter(name => user[name] !== undefined).length;
  const methods = [
    ...(user.token === undefined ? [] : ['token']),
    ...(user.username === undefined && user.password === undefined ? [] : ['username and password']),
  ];
  if (user['auth-provider']) {
    return `its user has the auth-provider ${user['auth-provider'].name ?? ''}, which kubectl has removed: use its exec plugin`;
  }
  if (methods.length > 1) return `its user has more than one of: ${methods.join(', ')}`;
  if (given(certificates) > 1) return 'client-certificate and client-certificate-data are both given';
  if (given(certificates) === 1 && given(keys) === 0) return 'its client certificate has no client-key';
  if (given(certificates) === 1 && given(keys) > 1) return 'client-key and client-key-data are both given';
  const extra = user['as-uid'] !== undefined || user['as-groups'].length > 0 || Object.keys(user['as-user-extra']).length > 0;
  if (extra && user.as === undefined) return 'as-uid, as-groups and as-user-extra need as';
  return user.exec ? execFault(user.exec) : undefined;
}

function execFault({ command, apiVersion, interactiveMode }: NonNullable<UserEntry['exec']>): string | undefined {
  if (command === undefined) return 'its exec plugin has no command';
  if (apiVersion === undefined) return 'its exec plugin has no apiVersion';
  const versions = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];
  if (!versions.includes(apiVersion))
    return `its exec plugin has the apiVersion ${apiVersion}, not one of ${versions.join(', ')}`;
  if (interactiveMode === undefined && apiVersion === versions[0]) return 'its exec plugin has no interactiveMode';
  if (interactiveMode !== undefined && !['Never', 'IfAvailable', 'Always'].includes(interactiveMode)) {
    return `its exec plugin has the interactiveMode ${interactiveMode}`;
  }
  return interactiveMode === 'Always'
    ? 'its exec plugin wants a terminal (interactiveMode Always), and there is none'
    : undefined;
}
