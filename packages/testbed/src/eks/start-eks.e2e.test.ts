import { expect } from '@jest/globals';
import { z } from 'zod';
import { callApi } from '../cluster/api.ts';
import { testNeeding } from '../needs.ts';
import { awsHosts } from '../sandbox/aws-hosts.ts';
import { presignedToken } from './presigned-token.ts';
import { startEks } from './start-eks.ts';

const test = await testNeeding(
  ...(['sandbox', 'moto', 'busybox-amd64', 'busybox-arm64', 'etcd', 'kube-apiserver'] as const),
  ...(['kube-controller-manager', 'kube-scheduler', 'kubelet', 'containerd', 'runc'] as const),
);

const description = z.object({
  cluster: z.object({
    status: z.literal('ACTIVE'),
    endpoint: z.string(),
    certificateAuthority: z.object({ data: z.string() }),
  }),
});
const authorization = 'AWS4-HMAC-SHA256 Credential=testing/20260101/us-west-2/eks/aws4_request, SignedHeaders=host, Signature=0';

test('an EKS cluster is found under AWS’s name, and takes the tokens of its access entries alone', async () => {
  const eks = await startEks({ name: 'shop' });
  const describe = (name: string) => fetch(`https://${awsHosts.eks.name}/clusters/${name}`, { headers: { authorization } });
  expect((await describe('other')).status).toBe(404);
  const { cluster } = description.parse(await (await describe('shop')).json());
  const authority = Buffer.from(cluster.certificateAuthority.data, 'base64').toString();
  const list = (token: string) =>
    callApi({ url: cluster.endpoint, authority, token }, { path: '/api/v1/namespaces/default/pods' });
  expect(await list(await presignedToken({ cluster: 'shop' }))).toMatchObject({ kind: 'PodList' });
  await expect(list(await presignedToken({ cluster: 'other' }))).rejects.toThrow('401');
  await expect(list(await presignedToken({ cluster: 'shop', secretAccessKey: 'guessed' }))).rejects.toThrow('401');
  expect(eks.reviewed()).toEqual(['deployer', undefined, undefined]);
  await eks.stop();
}, 240_000);
