import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type Cluster, startCluster } from '../cluster/start-cluster.ts';
import { takeLock } from '../lock.ts';
import { startMoto } from '../moto.ts';
import { type RecordedRequest, startProxy } from '../proxy.ts';
import { awsAccount, awsHosts } from '../sandbox/aws-hosts.ts';
import { currentSandbox } from '../sandbox/current.ts';
import { type KubernetesUser, startAuthenticator } from './authenticator.ts';
import { verifyToken } from './verify-token.ts';

/** Whom a cluster takes the owner of an access key for, as an access entry of Amazon EKS says of a principal. */
export interface AccessEntry extends KubernetesUser {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface EksOptions {
  readonly name: string;
  /** Who may come in; default: the credentials of `env`, as an administrator. */
  readonly entries?: readonly AccessEntry[];
}

/** Amazon EKS with one cluster in it. */
export interface Eks {
  readonly cluster: Cluster;
  /** Credentials and region that AWS clients take from the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** The users that the cluster took tokens for, in order; undefined for one that it refused. */
  readonly reviewed: () => readonly (string | undefined)[];
  /** Requests to its API. */
  readonly apiRequests: () => readonly RecordedRequest[];
  readonly stop: () => Promise<void>;
}

const credentials = { accessKeyId: 'testing', secretAccessKey: 'testing' };
const administrator: AccessEntry = { ...credentials, username: 'deployer', groups: ['system:masters'] };
const described = z.object({ cluster: z.looseObject({}) });

/**
 * Starts a cluster that takes Amazon EKS's tokens, signed by the access keys of its entries, and the API that tells of it under AWS's
 * own host name, in a sandbox only. What DescribeCluster answers is moto's, but for the endpoint and the certificate authority, which
 * are the cluster's. There is one at a time, so a second caller waits for the first to stop it.
 */
export async function startEks({ name, entries = [administrator] }: EksOptions): Promise<Eks> {
  const { authority, folder } = await currentSandbox();
  const turn = await takeLock({ file: join(folder, 'eks.lock'), ifHeld: 'wait' });
  const reviewed: (string | undefined)[] = [];
  const identify = (token: string): KubernetesUser | undefined => {
    const user = entryOf(token, { cluster: name, entries });
    reviewed.push(user?.username);
    return user && { username: user.username, groups: user.groups };
  };
  const authenticator = await startAuthenticator({ identify, authority });
  const [cluster, moto] = await Promise.all([startCluster({ args: authenticator.args }), startMoto()]);
  const certificate = await readFile(cluster.certificateFile, 'base64');
  const path = `/clusters/${name}`;
  await callEks(moto.url, { method: 'POST', path: '/clusters', body: creation(name) });
  const proxy = await startProxy({
    target: moto.url,
    tls: await authority.issue([awsHosts.eks.name]),
    address: awsHosts.eks.address,
    port: 443,
    onRequest: async request => {
      if (request.method !== 'GET' || request.path !== path) return undefined;
      const found = described.parse(await callEks(moto.url, { method: 'GET', path }));
      const own = { endpoint: cluster.url, certificateAuthority: { data: certificate } };
      const body = JSON.stringify({ cluster: { ...found.cluster, ...own } });
      return { kind: 'answer', status: 200, headers: { 'content-type': 'application/json' }, body };
    },
  });
  const stop = async (): Promise<void> => {
    await Promise.all([proxy.stop(), moto.stop(), cluster.stop()]);
    await authenticator.stop();
    await turn?.release();
  };
  const { accessKeyId, secretAccessKey } = credentials;
  const env = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_REGION: 'us-west-2' };
  return { cluster, env, reviewed: () => [...reviewed], apiRequests: proxy.requests, stop };
}

function entryOf(token: string, { cluster, entries }: { cluster: string; entries: readonly AccessEntry[] }) {
  const find = (id: string | undefined) => entries.find(({ accessKeyId }) => accessKeyId === id);
  return find(verifyToken({ token, cluster, secretOf: id => find(id)?.secretAccessKey, now: new Date() }));
}

/** What CreateCluster requires (Amazon EKS API reference). */
function creation(name: string): object {
  const resourcesVpcConfig = { subnetIds: ['subnet-1', 'subnet-2'] };
  return { name, version: '1.34', roleArn: `arn:aws:iam::${awsAccount}:role/${name}`, resourcesVpcConfig };
}

/** moto goes by the service in the credential's scope, and looks at no signature. */
async function callEks(url: string, { method, path, body }: { method: string; path: string; body?: object }): Promise<unknown> {
  const authorization =
    'AWS4-HMAC-SHA256 Credential=testing/20260101/us-west-2/eks/aws4_request, SignedHeaders=host, Signature=0';
  const init = { method, headers: { authorization, 'content-type': 'application/json' } };
  const response = await fetch(new URL(path, url), body === undefined ? init : { ...init, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}
