import { writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import type { Authority } from '../certificates.ts';
import { formatKubeconfig } from '../cluster/kubeconfig.ts';
import { createFolder, removeFolder } from '../folder.ts';
import { closeServer, listen } from '../listening.ts';

/** Whom a cluster takes somebody for. */
export interface KubernetesUser {
  readonly username: string;
  readonly groups: readonly string[];
}

export interface Authenticator {
  /** Arguments with which an API server asks it. */
  readonly args: readonly string[];
  readonly stop: () => Promise<void>;
}

export interface AuthenticatorOptions {
  /** Whose a token is; undefined for one that is not taken. */
  readonly identify: (token: string) => KubernetesUser | undefined;
  /** Issues its certificate. */
  readonly authority: Authority;
}

const review = z.object({ spec: z.object({ token: z.string() }) });
const address = '127.0.0.1';

/** Starts what aws-iam-authenticator is to an EKS cluster: a webhook that says whose a token is (Kubernetes, "Webhook Token Authentication"). */
export async function startAuthenticator({ identify, authority }: AuthenticatorOptions): Promise<Authenticator> {
  const { certificate, key } = await authority.issue([address]);
  const answer = async (request: IncomingMessage): Promise<string> => {
    const user = identify(review.parse(await json(request)).spec.token);
    const status = { authenticated: user !== undefined, ...(user ? { user } : {}) };
    return JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', status });
  };
  const server = createServer({ cert: certificate, key }, (request, response) => {
    answer(request).then(
      body => response.setHeader('content-type', 'application/json').end(body),
      () => response.writeHead(400).end(),
    );
  });
  const { port } = await listen(server, { address, port: 0 });
  const folder = await createFolder('authenticator');
  const file = join(folder, 'webhook.kubeconfig');
  await writeFile(file, formatKubeconfig({ url: `https://${address}:${port}`, authority: authority.certificate, token: '' }));
  const flag = '--authentication-token-webhook';
  const stop = async (): Promise<void> => {
    await closeServer(server);
    await removeFolder(folder);
  };
  return { args: [`${flag}-config-file=${file}`, `${flag}-version=v1`, `${flag}-cache-ttl=1s`], stop };
}
