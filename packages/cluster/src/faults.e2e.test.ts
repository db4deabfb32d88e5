import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Answer,
  type Authority,
  type ControlPlane,
  createAuthority,
  findTool,
  type RecordingProxy,
  startControlPlane,
  startProxy,
} from '@eks-gitops/testbed';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { afterAll, beforeAll, beforeEach, describe, expect } from '@jest/globals';
import type { Cluster, Observation } from './cluster.ts';
import { type Opened, openWatched, readAccess, writeKubeconfig } from './e2e-world.ts';

const test = await testNeeding('etcd', 'kube-apiserver');

const settings = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'settings' };
const manifest = '{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: default}, data: {n: "0"}}';

describe('between us and a real API server', () => {
  let plane: ControlPlane;
  let proxy: RecordingProxy;
  let own: Authority;
  let access: { server: string; authority: string; token: string };
  /** What the proxy does with the next requests; `undefined` lets one through, and so does the end of the list. */
  let faults: (Answer | undefined)[] = [];

  beforeAll(async () => {
    if (!(await findTool('kube-apiserver')) || !(await findTool('etcd'))) return;
    plane = await startControlPlane();
    await plane.api.apply(manifest);
    own = await createAuthority();
    access = await readAccess(plane);
    proxy = await startProxy({
      target: access.server,
      authority: Buffer.from(access.authority, 'base64').toString('utf8'),
      tls: await own.issue(['k8s.internal']),
      onRequest: () => faults.shift(),
    });
  }, 240_000);

  beforeEach(() => {
    faults = [];
    proxy?.clear();
  });

  afterAll(async () => {
    await proxy?.stop();
    await plane?.stop();
  });

  const open = async (cluster: object = {}, retryDelays?: readonly number[]): Promise<Opened> => {
    const { port } = new URL(proxy.url);
    const data = Buffer.from(own.certificate).toString('base64');
    const config = JSON.parse(
      writeKubeconfig({ server: `https://127.0.0.1:${port}`, authority: data, user: { token: access.token } }),
    );
    Object.assign(config.clusters[0].cluster, { 'tls-server-name': 'k8s.internal' }, cluster);
    const target = { kind: 'kubeconfig', content: JSON.stringify(config), allowExec: false } as const;
    return openWatched(target, retryDelays === undefined ? {} : { retryDelays });
  };
  const status = (code: number, more: object = {}): Answer => ({
    kind: 'answer',
    status: code,
    headers: { 'content-type': 'application/json', 'retry-after': '0' },
    body: JSON.stringify({ kind: 'Status', code, message: `words of ${code}`, ...more }),
  });
  const watchAnswer = (body: string): Answer => ({ kind: 'answer', status: 200, body });

  test('reads and merges are repeated where that may help', async () => {
    const { cluster } = await open({}, [1, 1, 1, 1]);
    faults = [status(429), { kind: 'reset' }, status(503), status(500)];
    expect(await cluster.get(settings)).toMatchObject({ kind: 'ConfigMap' });
    faults = [{ kind: 'reset' }, status(504)];
    expect(await cluster.patch(settings, { data: { size: 'small' } })).toMatchObject({ data: { size: 'small' } });
    expect(proxy.requests()).toHaveLength(8);
    await cluster.close();
  });

  test('and no oftener than that; the last words are told', async () => {
    const { cluster } = await open({}, [1, 1]);
    faults = Array.from({ length: 5 }, () => status(503));
    await expect(cluster.get(settings)).rejects.toMatchObject({
      code: 'CLUSTER_UNREACHABLE',
      failure: { found: 'HTTP 503: words of 503' },
    });
    expect(proxy.requests()).toHaveLength(3);
    faults = [status(422)];
    await expect(cluster.patch(settings, {})).rejects.toMatchObject({ code: 'CLUSTER_RESPONSE' });
    expect(proxy.requests()).toHaveLength(4);
    await cluster.close();
  });

  test('a watch tells the state anew after whatever may have hidden a change', async () => {
    const { cluster } = await open();
    const gone = JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } });
    for (const fault of [
      status(410),
      watchAnswer(`${gone}\n`),
      watchAnswer('<html>\n'),
      watchAnswer('{"type":"ERROR","object":{}}\n'),
    ]) {
      faults = [undefined, fault];
      expect(await tell(cluster, 2)).toEqual(['state', 'state']);
    }
    await cluster.close();
  });

  test('a watch that is closed again and again is not opened again in a hurry', async () => {
    const { cluster } = await open();
    faults = [undefined, ...Array.from({ length: 100 }, () => watchAnswer(''))];
    const watching = cluster.observe(settings)[Symbol.asyncIterator]();
    await watching.next();
    const pending = expect(watching.next()).rejects.toThrow('aborted');
    await sleep(3_000);
    // The list, and watches after 0, 250, 500, 1000 and 2000 ms at least.
    expect(proxy.requests().length).toBeLessThanOrEqual(6);
    await watching.return?.();
    await pending;
    await cluster.close();
  });

  test('a refusal is believed at first, and not at once when the watch has worked before: a server that starts knows no roles yet', async () => {
    const { cluster } = await open();
    faults = [status(403)];
    await expect(tell(cluster, 1)).rejects.toMatchObject({ code: 'CLUSTER_DENIED' });
    faults = [undefined, status(403), status(404), status(403), status(410)];
    expect(await tell(cluster, 2)).toEqual(['state', 'state']);
    await cluster.close();
  });

  test('a proxy is gone through, with its own credentials', async () => {
    const asked: { readonly url: string | undefined; readonly authorization: string | undefined }[] = [];
    const tunnel = createServer();
    tunnel.on('connect', (request: IncomingMessage, socket: Duplex) => {
      asked.push({ url: request.url, authorization: request.headers['proxy-authorization'] });
      const upstream = connect(Number(new URL(proxy.url).port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        upstream.pipe(socket).pipe(upstream);
      });
      socket.once('error', () => upstream.destroy());
      upstream.once('error', () => socket.destroy());
    });
    tunnel.listen(0, '127.0.0.1');
    await once(tunnel, 'listening');
    const address = tunnel.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { cluster } = await open({ server: 'https://k8s.example.com', 'proxy-url': `http://me:pw@127.0.0.1:${port}` });
    try {
      expect(await cluster.get(settings)).toMatchObject({ kind: 'ConfigMap' });
      expect(asked).toEqual([{ url: 'k8s.example.com:443', authorization: `Basic ${Buffer.from('me:pw').toString('base64')}` }]);
    } finally {
      await cluster.close();
      tunnel.close();
    }
  });
});

async function tell(cluster: Cluster, count: number): Promise<string[]> {
  const told: Observation[] = [];
  for await (const observation of cluster.observe(settings)) {
    told.push(observation);
    if (told.length === count) break;
  }
  return told.map(({ type }) => type);
}
