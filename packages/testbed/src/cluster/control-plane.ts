import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAuthority } from '../certificates.ts';
import { createFolder, removeFolder } from '../folder.ts';
import { freePort } from '../listening.ts';
import { type ServerProcess, startProcess } from '../process.ts';
import { requireTool } from '../toolchain/find.ts';
import { type ApiAccess, callApi, type KubernetesApi, openApi } from './api.ts';
import { startEtcd } from './etcd.ts';

/** A Kubernetes API server with its store. Nothing acts on its objects: there are no controllers, nodes or pods. */
export interface ControlPlane {
  readonly url: string;
  readonly api: KubernetesApi;
  /** A file for programs that take KUBECONFIG; its user may do anything. */
  readonly kubeconfig: string;
  readonly log: () => string;
  /** Ends the API server as a crash would; `restart` brings it back under the same address, with all that was stored. */
  readonly kill: () => Promise<void>;
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface ControlPlaneOptions {
  /** More arguments for the API server. */
  readonly args?: readonly string[];
}

/** Starts etcd and kube-apiserver on loopback, in private folders, with an authority and an administrator of their own. */
export async function startControlPlane({ args = [] }: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const command = await requireTool('kube-apiserver');
  const folder = await createFolder('apiserver');
  const etcd = await startEtcd();
  const port = await freePort();
  const access = await furnish({ folder, url: `https://127.0.0.1:${port}` });
  const start = (): Promise<ServerProcess> =>
    startProcess({
      name: 'kube-apiserver',
      command,
      args: [...apiServerArgs({ port, etcd: etcd.url }), ...args],
      folder,
      ready: () =>
        callApi(access, { path: '/readyz' }).then(
          () => access.url,
          () => undefined,
        ),
      within: 120,
    });
  let server = await start().catch(async error => {
    await etcd.stop();
    throw error;
  });
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, formatKubeconfig(access), { mode: 0o600 });
  const stop = async (): Promise<void> => {
    await server.stop();
    await etcd.stop();
    await removeFolder(folder);
  };
  const restart = async (): Promise<void> => {
    server = await start();
  };
  const kill = (): Promise<void> => server.kill();
  return { url: access.url, api: openApi(access), kubeconfig, log: () => server.log(), kill, restart, stop };
}

/** Writes what the server reads, and gives its administrator's access. */
async function furnish({ folder, url }: { folder: string; url: string }): Promise<ApiAccess> {
  const authority = await createAuthority();
  const { certificate, key } = await authority.issue(['127.0.0.1', 'localhost']);
  const token = randomBytes(16).toString('hex');
  const secret = { mode: 0o600 };
  await writeFile(join(folder, 'tls.pem'), certificate);
  await writeFile(join(folder, 'tls.key'), key, secret);
  await writeFile(join(folder, 'tokens.csv'), `${token},administrator,administrator,"system:masters"\n`, secret);
  return { url, authority: authority.certificate, token };
}

/** The key of the server's certificate signs service accounts' tokens too: nobody here asks for one. */
function apiServerArgs({ port, etcd }: { port: number; etcd: string }): string[] {
  return [
    `--etcd-servers=${etcd}`,
    ...['--bind-address=127.0.0.1', '--advertise-address=127.0.0.1', `--secure-port=${port}`],
    ...['--tls-cert-file=tls.pem', '--tls-private-key-file=tls.key', '--cert-dir=certificates'],
    ...['--token-auth-file=tokens.csv', '--authorization-mode=RBAC', '--service-cluster-ip-range=10.96.0.0/24'],
    ...['--service-account-issuer=https://kubernetes.default.svc', '--service-account-key-file=tls.pem'],
    ...['--service-account-signing-key-file=tls.key', '--disable-admission-plugins=ServiceAccount'],
  ];
}

function formatKubeconfig({ url, authority, token }: ApiAccess): string {
  const cluster = { server: url, 'certificate-authority-data': Buffer.from(authority).toString('base64') };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'testbed',
    contexts: [{ name: 'testbed', context: { cluster: 'testbed', user: 'administrator' } }],
    clusters: [{ name: 'testbed', cluster }],
    users: [{ name: 'administrator', user: { token } }],
  });
}
