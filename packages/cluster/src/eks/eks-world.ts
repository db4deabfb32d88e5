import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { json } from 'node:stream/consumers';
import { createAuthority } from '@eks-gitops/testbed';
import { z } from 'zod';

export interface Stopped {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** Stands in for Amazon EKS's DescribeCluster (API reference): it knows these clusters alone. */
export function startEksApi(clusters: () => Readonly<Record<string, object>>): Promise<Stopped> {
  return listen(
    createServer((request, response) => {
      const name = /^\/clusters\/([^/?]+)$/.exec(request.url ?? '')?.[1] ?? '';
      const cluster = clusters()[name];
      const missing = { message: `No cluster found for name: ${name}.` };
      const error = cluster === undefined ? { 'x-amzn-errortype': 'ResourceNotFoundException' } : {};
      response.writeHead(cluster === undefined ? 404 : 200, { 'content-type': 'application/json', ...error });
      response.end(JSON.stringify(cluster === undefined ? missing : { cluster: { name, status: 'ACTIVE', ...cluster } }));
    }),
    'http',
  );
}

/** One whose requests are known: the secret they are signed with, and the user that the cluster takes it for. */
export interface KnownKey {
  readonly secret: string;
  readonly user: string;
}

export interface Webhook extends Stopped {
  /** A kubeconfig for `--authentication-token-webhook-config-file`. */
  readonly config: string;
  /** How many tokens were shown. */
  readonly shown: () => readonly string[];
}

const review = z.looseObject({ spec: z.looseObject({ token: z.string() }) });

/**
 * An authentication webhook (Kubernetes documentation, "Webhook Token Authentication") that takes a token when the STS request in it is
 * for the cluster, no older than 15 minutes, and signed by a known secret: what aws-iam-authenticator has STS check.
 */
export async function startWebhook(cluster: string, keys: () => readonly KnownKey[]): Promise<Webhook> {
  const authority = await createAuthority();
  const { certificate, key } = await authority.issue(['127.0.0.1']);
  const shown: string[] = [];
  const answer = async (request: IncomingMessage): Promise<string> => {
    const { token } = review.parse(await json(request)).spec;
    shown.push(token);
    const user = keys().find(({ secret }) => isSigned(token, { secret, cluster }))?.user;
    const status =
      user === undefined ? { authenticated: false } : { authenticated: true, user: { username: user, groups: ['eks'] } };
    return JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', status });
  };
  const server = createTlsServer({ cert: certificate, key }, (request, response) => {
    answer(request).then(
      body => response.setHeader('content-type', 'application/json').end(body),
      () => response.writeHead(500).end(),
    );
  });
  const listening = await listen(server, 'https');
  const data = Buffer.from(authority.certificate).toString('base64');
  const config = JSON.stringify({
    'current-context': 'w',
    contexts: [{ name: 'w', context: { cluster: 'w', user: 'w' } }],
    clusters: [{ name: 'w', cluster: { server: listening.url, 'certificate-authority-data': data } }],
    users: [{ name: 'w', user: {} }],
  });
  return { ...listening, config, shown: () => [...shown] };
}

async function listen(server: Server, protocol: string): Promise<Stopped> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { url: `${protocol}://127.0.0.1:${port}`, stop };
}

/** Signature Version 4 of a query, worked out anew (AWS IAM user guide, "Create a signed AWS API request"). */
function isSigned(token: string, { secret, cluster }: { secret: string; cluster: string }): boolean {
  const url = URL.parse(Buffer.from(token.replace('k8s-aws-v1.', ''), 'base64url').toString('utf8'));
  if (!token.startsWith('k8s-aws-v1.') || url === null || !/^sts\.[a-z0-9-]+\.amazonaws\.com$/.test(url.hostname)) return false;
  const { searchParams: query } = url;
  const time = query.get('X-Amz-Date') ?? '';
  const scope = (query.get('X-Amz-Credential') ?? '').split('/').slice(1).join('/');
  const age = Date.now() - Date.parse(time.replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/, '$1-$2-$3T$4:$5:$6Z'));
  if (query.get('X-Amz-SignedHeaders') !== 'host;x-k8s-aws-id' || query.get('Action') !== 'GetCallerIdentity') return false;
  if (!(Math.abs(age) < 15 * 60_000) || query.get('X-Amz-Expires') !== '60') return false;
  const pairs = [...query].filter(([name]) => name !== 'X-Amz-Signature').map(pair => pair.map(encodeURIComponent).join('='));
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
  const headers = `host:${url.host}\nx-k8s-aws-id:${cluster}\n`;
  const request = ['GET', '/', pairs.sort().join('&'), headers, 'host;x-k8s-aws-id', hash('')].join('\n');
  const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
  const signing = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${secret}`);
  return (
    hmac(signing, ['AWS4-HMAC-SHA256', time, scope, hash(request)].join('\n')).toString('hex') === query.get('X-Amz-Signature')
  );
}
