import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { proxyFor, proxySettings } from '@eks-gitops/http';
import type { ClusterAccess } from '../access.ts';
import type { ClusterOptions, KubeconfigTarget } from '../cluster.ts';
import { type ClientCertificate, type CredentialSource, fixedCredentials, renewingCredentials } from '../http/credentials.ts';
import type { ServerAccess } from '../http/transport.ts';
import { tokenFileCredentials } from '../token-file.ts';
import { type Chosen, chooseContext } from './choose.ts';
import { askExecPlugin } from './exec-plugin.ts';
import { impersonationHeaders } from './impersonation.ts';
import { loadKubeconfig } from './load.ts';
import { kubeconfigInvalid, type Origin } from './parse.ts';
import type { UserEntry } from './schema.ts';

type World = Pick<ClusterOptions, 'env' | 'signal' | 'mask'>;

/** Access as a context of a kubeconfig says, with kubectl's meaning of it. Throws CLUSTER_INVALID. */
export async function kubeconfigAccess(target: KubeconfigTarget, world: World): Promise<ClusterAccess> {
  const chosen = chooseContext(await loadKubeconfig(target, world.env), target.context);
  const { entry: user, origin } = chosen.user;
  const server = await serverAccess(chosen, world);
  if (user.exec && target.content !== undefined && !target.allowExec) {
    throw kubeconfigInvalid(origin.place, {
      expected: 'no exec plugin, since the kubeconfig was given as text',
      found: `the user "${chosen.userName}" runs ${user.exec.command}`,
      remedy:
        'Allow it with allow-exec: true if you trust where the text comes from, or use cluster-name for a cluster of Amazon EKS.',
    });
  }
  const { skipVerification, url } = server;
  return {
    server,
    credentials: await credentialsOf(chosen, server, world),
    headers: impersonationHeaders(user),
    origin: { kind: 'kubeconfig', place: origin.place, context: chosen.context, user: chosen.userName },
    notices: skipVerification ? [`The certificate of ${url.host} is not checked, as insecure-skip-tls-verify says.`] : [],
  };
}

async function serverAccess({ cluster: { entry, origin } }: Chosen, { env }: World): Promise<ServerAccess> {
  const url = new URL(entry.server ?? '');
  const authority = entry['certificate-authority'];
  return {
    url,
    authorities:
      entry['certificate-authority-data'] ?? (authority === undefined ? undefined : await readPlaced(authority, origin)),
    serverName: entry['tls-server-name'],
    skipVerification: entry['insecure-skip-tls-verify'],
    proxy: entry['proxy-url'] ?? proxyFor(url, proxySettings(env)),
  };
}

/** In client-go's order: a client certificate beside what is in the header, where a token comes before a name and a password. */
async function credentialsOf(
  { user: { entry, origin }, cluster }: Chosen,
  server: ServerAccess,
  world: World,
): Promise<CredentialSource> {
  const { mask, env, signal } = world;
  if (server.url.protocol === 'http:') return fixedCredentials({});
  const certificate = await clientCertificate(entry, origin, mask);
  if (entry.tokenFile !== undefined) {
    const source = tokenFileCredentials({ file: placed(entry.tokenFile, origin), certificate, mask });
    await source.current();
    return source;
  }
  const authorization = authorizationOf(entry, mask);
  if (entry.exec && authorization === undefined && certificate === undefined) {
    const { exec } = entry;
    const request = { exec, folder: origin.folder, cluster: cluster.entry, authorities: server.authorities, env, signal, mask };
    return renewingCredentials(() => askExecPlugin(request));
  }
  return fixedCredentials({ authorization, certificate });
}

function authorizationOf({ token, username, password }: UserEntry, mask: (secret: string) => void): string | undefined {
  if (token !== undefined) {
    mask(token);
    return `Bearer ${token}`;
  }
  if (username === undefined && password === undefined) return undefined;
  const basic = Buffer.from(`${username ?? ''}:${password ?? ''}`).toString('base64');
  for (const secret of [password, basic]) if (secret !== undefined) mask(secret);
  return `Basic ${basic}`;
}

async function clientCertificate(
  entry: UserEntry,
  origin: Origin,
  mask: (secret: string) => void,
): Promise<ClientCertificate | undefined> {
  const read = async (data: string | undefined, file: string | undefined): Promise<string> =>
    data ?? (file === undefined ? '' : await readPlaced(file, origin));
  if (entry['client-certificate'] === undefined && entry['client-certificate-data'] === undefined) return undefined;
  const key = await read(entry['client-key-data'], entry['client-key']);
  mask(key);
  return { certificate: await read(entry['client-certificate-data'], entry['client-certificate']), key };
}

function placed(path: string, { folder }: Origin): string {
  return isAbsolute(path) || folder === undefined ? path : join(folder, path);
}

async function readPlaced(path: string, origin: Origin): Promise<string> {
  return readFile(placed(path, origin), 'utf8').catch(thrown => {
    throw kubeconfigInvalid(origin.place, { found: thrown instanceof Error ? thrown.message : String(thrown) });
  });
}
