import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Authority, type ControlPlane, createAuthority, findTool, startControlPlane, withFolder } from '@eks-gitops/testbed';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { openWatched, readAccess, writeKubeconfig } from './e2e-world.ts';

const test = await testNeeding('etcd', 'kube-apiserver');

const settings = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'settings' };
const manifests = `
{apiVersion: v1, kind: Namespace, metadata: {name: shop}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: shop}, data: {colour: red}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: shop}
rules: [{apiGroups: [""], resources: [configmaps], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: readers}]
`;

describe('a real API server', () => {
  let plane: ControlPlane;
  let clients: Authority;
  let access: { server: string; authority: string; token: string };
  let release = (): void => undefined;

  beforeAll(async () => {
    if (!(await findTool('kube-apiserver')) || !(await findTool('etcd'))) return;
    clients = await createAuthority();
    const started = Promise.withResolvers<void>();
    // The folder holds what the server reads while it runs.
    withFolder('clients', async folder => {
      const file = join(folder, 'clients.pem');
      await writeFile(file, clients.certificate);
      plane = await startControlPlane({ args: [`--client-ca-file=${file}`] });
      started.resolve();
      await new Promise<void>(resolve => {
        release = resolve;
      });
    }).catch(started.reject);
    await started.promise;
    access = await readAccess(plane);
    await plane.api.apply(manifests);
  }, 240_000);

  afterAll(async () => {
    await plane?.stop();
    release();
  });

  const reader = async (): Promise<object> => {
    const { certificate, key } = await clients.issueClient('alice', ['readers']);
    const base64 = (text: string): string => Buffer.from(text).toString('base64');
    return { 'client-certificate-data': base64(certificate), 'client-key-data': base64(key) };
  };

  test('is read and changed with the token of a kubeconfig', async () => {
    const { cluster, masked } = await openWatched({ kind: 'kubeconfig', path: plane.kubeconfig, allowExec: false });
    expect(await cluster.get(settings)).toMatchObject({ kind: 'ConfigMap', data: { colour: 'red' } });
    expect(await cluster.get({ ...settings, name: 'none' })).toBeUndefined();
    expect(await cluster.list({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop' })).toEqual([
      expect.objectContaining({ apiVersion: 'v1', kind: 'ConfigMap', data: { colour: 'red' } }),
    ]);
    expect(await cluster.list({ apiVersion: 'v1', kind: 'Namespace', limit: 2 })).toHaveLength(2);
    expect(await cluster.list({ apiVersion: 'v1', kind: 'Namespace', fieldSelector: 'metadata.name=shop' })).toHaveLength(1);
    expect(await cluster.patch(settings, { data: { size: 'small' } })).toMatchObject({ data: { colour: 'red', size: 'small' } });
    expect(await cluster.patch(settings, { data: { size: null } })).toMatchObject({ data: { colour: 'red' } });
    const status = { phase: 'Active', conditions: [{ type: 'Seen', status: 'True', lastTransitionTime: null }] };
    await cluster.patch({ apiVersion: 'v1', kind: 'Namespace', name: 'shop' }, { status }, { subresource: 'status' });
    expect(await cluster.get({ apiVersion: 'v1', kind: 'Namespace', name: 'shop' })).toMatchObject({
      status: { conditions: [expect.objectContaining({ type: 'Seen' })] },
    });
    await expect(cluster.patch({ ...settings, name: 'none' }, {})).rejects.toMatchObject({ code: 'OBJECT_MISSING' });
    const log = { namespace: 'shop', name: 'none', container: 'ui', tailLines: 5 };
    expect(await cluster.podLog(log)).toBeUndefined();
    expect(masked).toEqual([access.token]);
    await cluster.close();
  });

  test('is read with a client certificate, a token file, and as somebody else', async () => {
    const asAlice = writeKubeconfig({ ...access, user: await reader() });
    const { cluster } = await openWatched({ kind: 'kubeconfig', content: asAlice, allowExec: false });
    expect(await cluster.get(settings)).toMatchObject({ data: { colour: 'red' } });
    await cluster.close();
    await withFolder('token', async folder => {
      await writeFile(join(folder, 'token'), `${access.token}\n`);
      const path = join(folder, 'config');
      await writeFile(path, writeKubeconfig({ ...access, user: { tokenFile: 'token' } }));
      const admin = await openWatched({ kind: 'kubeconfig', path, allowExec: false });
      expect(await admin.cluster.get(settings)).toBeDefined();
      await admin.cluster.close();
    });
    const impersonating = { token: access.token, as: 'bob', 'as-groups': ['readers', 'others'] };
    const content = writeKubeconfig({ ...access, user: impersonating });
    const bob = await openWatched({ kind: 'kubeconfig', content, allowExec: false });
    expect(await bob.cluster.get(settings)).toBeDefined();
    await expect(bob.cluster.patch(settings, {})).rejects.toMatchObject({ message: expect.stringMatching(/^bob may not patch/) });
    await bob.cluster.close();
  });

  test('is shown fresh credentials of an exec plugin when it refuses the first, and the plugin is asked no oftener', async () => {
    await withFolder('plugin', async folder => {
      const plugin = join(folder, 'plugin');
      const answer = (token: string): string =>
        JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: { token } });
      const lines = [
        '#!/bin/sh',
        `echo run >> ${folder}/runs`,
        `if [ "$(wc -l < ${folder}/runs)" = 1 ]; then echo '${answer('stale')}'; else echo '${answer(access.token)}'; fi`,
      ];
      await writeFile(plugin, lines.join('\n'));
      await chmod(plugin, 0o700);
      const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: './plugin', interactiveMode: 'Never' };
      const path = join(folder, 'config');
      await writeFile(path, writeKubeconfig({ ...access, user: { exec } }));
      const env = { PATH: process.env['PATH'] };
      const { cluster, masked } = await openWatched({ kind: 'kubeconfig', path, allowExec: false }, { env });
      await cluster.get(settings);
      await cluster.get(settings);
      expect(masked).toEqual(['stale', access.token]);
      await cluster.close();
    });
  });

  test('that refuses a right is quoted, with the rule that would allow it', async () => {
    const content = writeKubeconfig({ ...access, user: await reader() });
    const { cluster } = await openWatched({ kind: 'kubeconfig', content, allowExec: false });
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'ui' };
    await expect(cluster.get(deployment)).rejects.toMatchObject({
      code: 'CLUSTER_DENIED',
      failure: {
        message:
          'alice may not get deployments.apps "ui" in the namespace shop: could not read the Deployment ui in the namespace shop.',
        found: 'HTTP 403 Forbidden',
        remedy:
          'Bind it to a Role in the namespace shop with the rule {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get"]}.',
        detail: expect.stringContaining('User "alice" cannot get resource "deployments" in API group "apps"'),
      },
    });
    const observing = cluster.observe({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop' })[Symbol.asyncIterator]();
    await expect(observing.next()).rejects.toMatchObject({
      failure: { remedy: expect.stringContaining('"resources": ["configmaps"], "verbs": ["list", "watch"]') },
    });
    await cluster.close();
  });

  test('that does not know a token is said to, without the token', async () => {
    const content = writeKubeconfig({ ...access, user: { token: 'wrong-token' } });
    const { cluster } = await openWatched({ kind: 'kubeconfig', content, allowExec: false });
    const thrown: unknown = await cluster.get(settings).catch((error: unknown) => error);
    expect(thrown).toMatchObject({
      code: 'CLUSTER_DENIED',
      failure: { found: 'HTTP 401 Unauthorized', likely: expect.stringContaining('the user test in the kubeconfig') },
    });
    expect(JSON.stringify(thrown)).not.toContain('wrong-token');
    await cluster.close();
  });

  test('is not believed to be itself with a certificate of another authority', async () => {
    const authority = Buffer.from(clients.certificate).toString('base64');
    const content = writeKubeconfig({ ...access, authority, user: { token: access.token } });
    const { cluster } = await openWatched({ kind: 'kubeconfig', content, allowExec: false });
    await expect(cluster.get(settings)).rejects.toMatchObject({
      code: 'CLUSTER_UNREACHABLE',
      failure: { likely: expect.stringContaining('certificate is not of the authority') },
    });
    await cluster.close();
  });

  test('has the kinds that are known without asking it, under the names that it gives them', async () => {
    const { cluster } = await openWatched({ kind: 'kubeconfig', path: plane.kubeconfig, allowExec: false });
    const kinds = [
      ...['ConfigMap', 'Endpoints', 'Event', 'Namespace', 'Node', 'Pod', 'Secret', 'Service', 'ServiceAccount'].map(kind => [
        'v1',
        kind,
      ]),
      ...['ControllerRevision', 'DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet'].map(kind => ['apps/v1', kind]),
      ...[
        ['autoscaling/v2', 'HorizontalPodAutoscaler'],
        ['events.k8s.io/v1', 'Event'],
      ],
      ...['Ingress', 'IngressClass'].map(kind => ['networking.k8s.io/v1', kind]),
      // Found by asking.
      ...[
        ['policy/v1', 'PodDisruptionBudget'],
        ['apiextensions.k8s.io/v1', 'CustomResourceDefinition'],
      ],
    ] as const;
    for (const [apiVersion = '', kind = ''] of kinds) {
      expect(await cluster.list({ apiVersion, kind, limit: 1 })).toEqual(expect.any(Array));
    }
    for (const name of [
      { apiVersion: 'v1', kind: 'Pot' },
      { apiVersion: 'apps/v9', kind: 'Deployment' },
    ]) {
      await expect(cluster.get({ ...name, namespace: 'shop', name: 'ui' })).rejects.toMatchObject({ code: 'KIND_UNKNOWN' });
    }
    await cluster.close();
  });
});
