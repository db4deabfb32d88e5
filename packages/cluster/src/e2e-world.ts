import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, connect as openSocket, type Socket } from 'node:net';
import type { ControlPlane } from '@eks-gitops/testbed';
import { z } from 'zod';
import type { Cluster, ClusterTarget } from './cluster.ts';
import { openCluster } from './open-cluster.ts';

const kubeconfig = z.object({
  clusters: z.tuple([z.object({ cluster: z.object({ server: z.string(), 'certificate-authority-data': z.string() }) })]),
  users: z.tuple([z.object({ user: z.object({ token: z.string() }) })]),
});

/** How an API server is reached, from the kubeconfig of its administrator. */
export async function readAccess({
  kubeconfig: file,
}: ControlPlane): Promise<{ server: string; authority: string; token: string }> {
  const { clusters, users } = kubeconfig.parse(JSON.parse(await readFile(file, 'utf8')));
  const { server, 'certificate-authority-data': authority } = clusters[0].cluster;
  return { server, authority, token: users[0].user.token };
}

/** A kubeconfig for a user of an API server, as text. */
export function writeKubeconfig({ server, authority, user }: { server: string; authority: string; user: object }): string {
  return JSON.stringify({
    'current-context': 'test',
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority-data': authority } }],
    users: [{ name: 'test', user }],
  });
}

export interface Opened {
  readonly cluster: Cluster;
  readonly masked: readonly string[];
  readonly notices: readonly string[];
  readonly stop: AbortController;
}

/** Opens a cluster and keeps what it masked and told. */
export async function openWatched(
  target: ClusterTarget,
  { env = {}, retryDelays }: { env?: Readonly<Record<string, string | undefined>>; retryDelays?: readonly number[] } = {},
): Promise<Opened> {
  const [masked, notices, stop]: [string[], string[], AbortController] = [[], [], new AbortController()];
  const cluster = await openCluster({
    target,
    env,
    signal: stop.signal,
    mask: secret => masked.push(secret),
    onNotice: notice => notices.push(notice),
    ...(retryDelays === undefined ? {} : { retryDelays }),
  });
  return { cluster, masked, notices, stop };
}

export interface Relay {
  readonly port: number;
  /** How many connections were asked for since the last call. */
  readonly count: () => number;
  /** Breaks every connection. */
  readonly cut: () => void;
  /** Breaks every connection, and each new one at once, until `open`. */
  readonly shut: () => void;
  readonly open: () => void;
  readonly stop: () => Promise<void>;
}

/** Passes TCP connections on to a port of this machine, and breaks them when told to. */
export async function startRelay(target: number): Promise<Relay> {
  const sockets = new Set<Socket>();
  let asked = 0;
  let isOpen = true;
  const server = createServer(socket => {
    asked += 1;
    if (!isOpen) {
      socket.destroy();
      return;
    }
    const upstream = openSocket(target, '127.0.0.1');
    for (const [one, other] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      sockets.add(one);
      one.once('error', () => other.destroy()).once('close', () => sockets.delete(one));
      one.pipe(other);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    count: () => {
      const count = asked;
      asked = 0;
      return count;
    },
    cut,
    shut: () => {
      isOpen = false;
      cut();
    },
    open: () => {
      isOpen = true;
    },
    stop: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
