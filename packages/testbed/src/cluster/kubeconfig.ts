import type { ApiAccess } from './api.ts';

/** A kubeconfig file of one cluster and one user, with all that it takes in it; JSON is YAML. */
export function formatKubeconfig({ url, authority, token }: ApiAccess): string {
  const cluster = { server: url, 'certificate-authority-data': Buffer.from(authority).toString('base64') };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'testbed',
    contexts: [{ name: 'testbed', context: { cluster: 'testbed', user: 'testbed' } }],
    clusters: [{ name: 'testbed', cluster }],
    users: [{ name: 'testbed', user: { token } }],
  });
}
