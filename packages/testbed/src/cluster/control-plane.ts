import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAuthority } from '../certificates.ts';
import { createFolder, removeFolder } from '../folder.ts';
import { freePort } from '../listening.ts';
import { startRestartable } from '../restartable.ts';
import { requireTool } from '../toolchain/find.ts';
import { type ApiAccess, callApi, type KubernetesApi, openApi } from './api.ts';
import { startEtcd } from './etcd.ts';
import { formatKubeconfig } from './kubeconfig.ts';

/** A Kubernetes API server with its store. By itself nothing acts on its objects: there are no controllers, nodes or pods. */
export interface ControlPlane {
  readonly url: string;
  readonly api: KubernetesApi;
  /** A file for programs that take KUBECONFIG; its user may do anything. */
  readonly kubeconfig: string;
  /** PEM file of the authority that the server's certificate is of. */
  readonly certificateFile: string;
  /** The same for another user that the server knows. */
  readonly kubeconfigOf: (user: ComponentUser) => string;
  readonly log: () => string;
  /** Ends the API server as a crash would; `restart` brings it back under the same address, with all that was stored. */
  readonly kill: () => Promise<void>;
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface ControlPlaneOptions {
  /** Where the API server listens; default 127.0.0.1. Nodes want one outside of loopback. */
  readonly address?: string;
  /** Has pods bear their service account's token, which takes a controller manager. */
  readonly serviceAccounts?: boolean;
  /** More arguments for the API server. */
  readonly args?: readonly string[];
}

/** The node of a testbed's cluster. */
export const nodeName = 'node-1';

/** Users that the server knows by a token, and their groups (Kubernetes documentation, "Using RBAC Authorization", core components). */
const users = {
  administrator: { name: 'administrator', group: 'system:masters' },
  'controller-manager': { name: 'system:kube-controller-manager', group: 'system:authenticated' },
  scheduler: { name: 'system:kube-scheduler', group: 'system:authenticated' },
  node: { name: `system:node:${nodeName}`, group: 'system:nodes' },
} as const;

export type ComponentUser = keyof typeof users;

/** Starts etcd and kube-apiserver in private folders, with an authority and an administrator of their own. */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const { address = '127.0.0.1' } = options;
  const command = await requireTool('kube-apiserver');
  const folder = await createFolder('apiserver');
  const etcd = await startEtcd();
  const port = await freePort(address);
  const access = await furnish({ folder, url: `https://${address}:${port}`, address });
  const server = await startRestartable({
    name: 'kube-apiserver',
    command,
    args: apiServerArgs({ ...options, address, port, etcd: etcd.url }),
    folder,
    ready: () =>
      callApi(access, { path: '/readyz' }).then(
        () => access.url,
        () => undefined,
      ),
    within: 120,
  }).catch(async error => {
    await etcd.stop();
    throw error;
  });
  const stop = async (): Promise<void> => {
    await server.stop();
    await etcd.stop();
    await removeFolder(folder);
  };
  const kubeconfigOf = (user: ComponentUser): string => join(folder, `${user}.kubeconfig`);
  return {
    url: access.url,
    api: openApi(access),
    kubeconfig: kubeconfigOf('administrator'),
    certificateFile: join(folder, 'ca.pem'),
    kubeconfigOf,
    log: server.log,
    kill: server.kill,
    restart: server.start,
    stop,
  };
}

interface Furnishing {
  readonly folder: string;
  readonly url: string;
  readonly address: string;
}

/** Writes what the server and its users read, and gives its administrator's access. */
async function furnish({ folder, url, address }: Furnishing): Promise<ApiAccess> {
  const authority = await createAuthority();
  const { certificate, key } = await authority.issue([address, 'localhost']);
  const secret = { mode: 0o600 };
  await writeFile(join(folder, 'ca.pem'), authority.certificate);
  await writeFile(join(folder, 'tls.pem'), certificate);
  await writeFile(join(folder, 'tls.key'), key, secret);
  const access = { url, authority: authority.certificate, token: randomToken() };
  const lines: string[] = [];
  for (const [file, { name, group }] of Object.entries(users)) {
    const token = name === users.administrator.name ? access.token : randomToken();
    lines.push(`${token},${name},${name},"${group}"\n`);
    await writeFile(join(folder, `${file}.kubeconfig`), formatKubeconfig({ ...access, token }), secret);
  }
  await writeFile(join(folder, 'tokens.csv'), lines.join(''), secret);
  return access;
}

function randomToken(): string {
  return randomBytes(16).toString('hex');
}

interface ApiServer extends ControlPlaneOptions {
  readonly address: string;
  readonly port: number;
  readonly etcd: string;
}

/** The key of the server's certificate signs service accounts' tokens too. */
function apiServerArgs({ address, port, etcd, serviceAccounts = false, args = [] }: ApiServer): string[] {
  return [
    `--etcd-servers=${etcd}`,
    ...[`--bind-address=${address}`, `--advertise-address=${address}`, `--secure-port=${port}`],
    ...['--tls-cert-file=tls.pem', '--tls-private-key-file=tls.key', '--cert-dir=certificates'],
    ...['--token-auth-file=tokens.csv', '--authorization-mode=Node,RBAC', '--service-cluster-ip-range=10.96.0.0/24'],
    ...['--service-account-issuer=https://kubernetes.default.svc', '--service-account-key-file=tls.pem'],
    ...['--service-account-signing-key-file=tls.key', '--kubelet-preferred-address-types=InternalIP'],
    ...(serviceAccounts ? [] : ['--disable-admission-plugins=ServiceAccount']),
    ...args,
  ];
}
