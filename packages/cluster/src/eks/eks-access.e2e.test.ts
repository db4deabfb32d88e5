import {
  type Authenticator,
  type ControlPlane,
  createAuthority,
  findTool,
  type KubernetesUser,
  type Moto,
  startAuthenticator,
  startControlPlane,
  startMoto,
  verifyToken,
} from '@eks-gitops/testbed';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import type { EksTarget } from '../cluster.ts';
import { type Opened, openWatched, readAccess } from '../e2e-world.ts';
import { type EksApi, startEksApi } from './eks-world.ts';

const test = await testNeeding('etcd', 'kube-apiserver', 'moto');

/** One whose requests are known: the secret they are signed with, and the user that the cluster takes it for. */
interface KnownKey {
  readonly secret: string;
  readonly user: string;
}

const secret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const env = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: secret, AWS_REGION: 'us-west-2' };
const role = 'arn:aws:iam::123456789012:role/deployer';
const namespace = { apiVersion: 'v1', kind: 'Namespace', name: 'default' };
const manifests = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
rules: [{apiGroups: [""], resources: [namespaces], verbs: [get, list, watch]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: reader}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: eks}]
`;

describe('an API server that takes tokens of Amazon EKS', () => {
  let plane: ControlPlane;
  let moto: Moto;
  let authenticator: Authenticator;
  let eks: EksApi;
  let keys: KnownKey[] = [];
  const shown: string[] = [];
  const clusters: Record<string, object> = {};

  const identify = (token: string): KubernetesUser | undefined => {
    shown.push(token);
    const check = { token, cluster: 'demo', now: new Date() };
    const user = keys.find(({ secret }) => verifyToken({ ...check, secretOf: () => secret }) !== undefined)?.user;
    return user === undefined ? undefined : { username: user, groups: ['eks'] };
  };

  beforeAll(async () => {
    for (const tool of ['etcd', 'kube-apiserver', 'moto'] as const) if (!(await findTool(tool))) return;
    moto = await startMoto();
    authenticator = await startAuthenticator({ identify, authority: await createAuthority() });
    eks = await startEksApi(() => clusters);
    plane = await startControlPlane({ args: authenticator.args });
    await plane.api.apply(manifests);
    const { server, authority } = await readAccess(plane);
    const network = { endpointPublicAccess: true, publicAccessCidrs: ['0.0.0.0/0'], vpcId: 'vpc-1' };
    clusters['demo'] = { endpoint: server, certificateAuthority: { data: authority }, resourcesVpcConfig: network };
    clusters['new'] = { status: 'CREATING' };
    const hidden = { endpointPublicAccess: false, vpcId: 'vpc-1' };
    clusters['hidden'] = { ...clusters['demo'], endpoint: 'https://127.0.0.1:9', resourcesVpcConfig: hidden };
    process.env['AWS_ENDPOINT_URL_EKS'] = eks.url;
    process.env['AWS_ENDPOINT_URL_STS'] = moto.url;
  }, 240_000);

  afterAll(async () => {
    delete process.env['AWS_ENDPOINT_URL_EKS'];
    delete process.env['AWS_ENDPOINT_URL_STS'];
    await plane?.stop();
    await Promise.all([moto?.stop(), authenticator?.stop(), eks?.stop()]);
  });

  const open = (target: Partial<EksTarget> = {}): Promise<Opened> =>
    openWatched({ kind: 'eks', name: 'demo', ...target }, { env, retryDelays: [1] });

  test('is read with one that was minted here, masked, and made once for many calls', async () => {
    keys = [{ secret, user: 'arn:aws:sts::123456789012:assumed-role/ci/run-7' }];
    const before = shown.length;
    const { cluster, masked } = await open();
    await Promise.all([1, 2, 3].map(() => cluster.get(namespace)));
    const tokens = new Set(shown.slice(before));
    expect(tokens.size).toBe(1);
    const [token = ''] = tokens;
    expect(masked).toEqual([token, token.replace('k8s-aws-v1.', '')]);
    await expect(
      cluster.get({ ...namespace, apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'default' }),
    ).rejects.toMatchObject({
      code: 'CLUSTER_DENIED',
      message: expect.stringMatching(/^arn:aws:sts::123456789012:assumed-role\/ci\/run-7 may not get deployments\.apps/),
      failure: {
        remedy: expect.stringContaining(
          '--cluster-name demo --region us-west-2 --principal-arn arn:aws:iam::123456789012:role/ci',
        ),
      },
    });
    await cluster.close();
  });

  test('is read as an assumed role', async () => {
    keys = [];
    const { cluster, masked } = await open({ roleArn: role });
    keys = masked.map(one => ({ secret: one, user: 'deployer' }));
    expect(await cluster.get(namespace)).toBeDefined();
    await cluster.close();
  });

  test('that does not know who we are says so, with who AWS says that we are', async () => {
    keys = [];
    const before = shown.length;
    // Another key: within a second, the token of the same one would be the same, and the API server still knows that.
    const other = { ...env, AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7STRANGE' };
    const { cluster } = await openWatched({ kind: 'eks', name: 'demo' }, { env: other, retryDelays: [1] });
    await expect(cluster.get(namespace)).rejects.toMatchObject({
      code: 'CLUSTER_DENIED',
      failure: {
        likely: expect.stringMatching(/^no access entry of the cluster demo, .* names arn:aws:/),
        remedy: expect.stringContaining('aws eks create-access-entry --cluster-name demo --region us-west-2'),
      },
    });
    expect(shown.length - before).toBeLessThanOrEqual(2);
    await cluster.close();
  });

  test('that is not there, or not yet, is not waited for', async () => {
    const missing = { code: 'CLUSTER_NOT_FOUND', message: 'There is no cluster none in us-west-2.' };
    await expect(open({ name: 'none' })).rejects.toMatchObject(missing);
    await expect(open({ name: 'new' })).rejects.toMatchObject({ code: 'CLUSTER_NOT_FOUND', failure: { found: 'CREATING' } });
  });

  test('whose endpoint is private is explained', async () => {
    const { cluster } = await open({ name: 'hidden' });
    await expect(cluster.get(namespace)).rejects.toMatchObject({
      code: 'CLUSTER_UNREACHABLE',
      failure: {
        likely: 'the endpoint of the cluster hidden is private: it can be reached from vpc-1 and what is connected to it alone',
      },
    });
    await cluster.close();
  });
});
