import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ControlPlane, startControlPlane } from '@eks-gitops/testbed';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import type { Cluster } from '../cluster.ts';
import { openWatched, readAccess, writeKubeconfig } from '../e2e-world.ts';
import { parseStatusRange } from './expectation.ts';
import { startZoneServer } from './names/zone-server.ts';
import { type Answered, waitForAnswer } from './wait-for-answer.ts';

const test = await testNeeding('etcd', 'kube-apiserver');

const hostname = 'k8s-ui-ui-1268651632.us-west-2.elb.example';
const page = createServer(({ headers, url }, response) => response.end(`${url} of ${headers.host}`));
let port: number;
let plane: ControlPlane;
let cluster: Cluster;
const end = new AbortController();

beforeAll(async () => {
  page.listen(0, '127.0.0.1');
  await once(page, 'listening');
  port = (page.address() as AddressInfo).port;
  plane = await startControlPlane();
  const target = { kind: 'kubeconfig', path: plane.kubeconfig, allowExec: false } as const;
  ({ cluster } = await openWatched(target));
}, 240_000);
afterAll(async () => {
  await cluster?.close();
  page.closeAllConnections();
  page.close();
  await plane?.stop();
});

const named = (name: string) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name, namespace: 'default' },
});

async function applyIngress(name: string): Promise<void> {
  const ports = JSON.stringify([{ HTTP: port }]);
  const annotations = { 'alb.ingress.kubernetes.io/listen-ports': ports };
  const backend = { service: { name: 'ui', port: { number: 80 } } };
  const rules = [{ host: 'shop.example', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }];
  const { metadata, ...kind } = named(name);
  await plane.api.apply(
    JSON.stringify({ ...kind, metadata: { ...metadata, annotations }, spec: { ingressClassName: 'alb', rules } }),
  );
}

/** As the AWS Load Balancer Controller does. */
async function giveAddress(name: string, address: { hostname: string } | { ip: string }): Promise<void> {
  await plane.api.patchStatus(named(name), { loadBalancer: { ingress: [address] } });
}

async function warn(name: string, message: string): Promise<void> {
  const involvedObject = { ...named(name), metadata: undefined, name, namespace: 'default' };
  const metadata = { name: `${name}.1`, namespace: 'default' };
  const event = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata,
    involvedObject,
    type: 'Warning',
    reason: 'FailedBuildModel',
    message,
  };
  await plane.api.apply(JSON.stringify({ ...event, source: { component: 'ingress' } }));
}

const rightsToIngresses = `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: ingresses, namespace: default }
rules: [{ apiGroups: [networking.k8s.io], resources: [ingresses], verbs: [get, list, watch] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: ingresses, namespace: default }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: ingresses }
subjects: [{ apiGroup: rbac.authorization.k8s.io, kind: User, name: limited }]
`;

interface Wait {
  readonly name: string;
  readonly timeout?: number;
  readonly resolverPort?: number;
  readonly by?: Cluster;
  /** What is done when a sentence that holds the text is told. */
  readonly on?: Readonly<Record<string, () => Promise<void>>>;
}

async function wait({
  name,
  timeout = 120_000,
  resolverPort = 0,
  on = {},
  by = cluster,
}: Wait): Promise<{ answered: Answered; told: string[] }> {
  const told: string[] = [];
  const done: Promise<void>[] = [];
  const tell = (sentence: string): void => {
    told.push(sentence.replace(/ \([\d.]+ s\)$/, ''));
    for (const [text, act] of Object.entries(on)) if (sentence.includes(text)) done.push(act());
  };
  const answered = await waitForAnswer({
    subject: { kind: 'ingress', cluster: by, namespace: 'default', name },
    path: '/home',
    expectation: { statuses: [parseStatusRange('200')], headers: [] },
    consecutive: 1,
    timeout,
    signal: end.signal,
    onProgress: tell,
    onNotice: tell,
    names: { resolvers: [`127.0.0.1:${resolverPort}`], port: resolverPort },
  });
  await Promise.all(done);
  return { answered, told };
}

describe('an Ingress is waited for', () => {
  test('from before it is there until its page is, with what its controller warns of', async () => {
    const resolver = await startZoneServer({
      'us-west-2.elb.example': { NS: 'ns.elb.example' },
      'ns.elb.example': { A: '127.0.0.2' },
    });
    const own = await startZoneServer({}, '127.0.0.2', resolver.port);
    const { answered, told } = await wait({
      name: 'ui',
      resolverPort: resolver.port,
      on: {
        'there is no such Ingress': () => applyIngress('ui'),
        'has given it no address': () => warn('ui', 'no subnets found'),
        FailedBuildModel: () => giveAddress('ui', { hostname }),
        'does not resolve': async () => own.serve({ [hostname]: { A: '127.0.0.1' } }),
      },
    });
    await Promise.all([resolver.stop(), own.stop()]);
    expect(answered).toMatchObject({ hostname, url: `http://${hostname}:${port}/home` });
    expect(answered.times.map(({ stage }) => stage)).toEqual([
      'exists',
      'address',
      'name',
      'connection',
      'status',
      'consecutive',
    ]);
    expect(told).toEqual([
      'Waiting for Ingress default/ui: there is no such Ingress (found: none)',
      'Ingress default/ui exists.',
      'Waiting for Ingress default/ui: its controller has given it no address (found: none)',
      'A new load balancer takes 2 to 5 minutes until it answers: that is normal.',
      'Warning FailedBuildModel from ingress: no subnets found',
      `Its address is ${hostname}.`,
      expect.stringContaining('its name does not resolve'),
      `${hostname} is 127.0.0.1.`,
      '127.0.0.1 accepts connections.',
      'It answers with 200.',
      `http://${hostname}:${port}/home answers as expected.`,
    ]);
  }, 240_000);

  test('under its new address when it changes meanwhile', async () => {
    await applyIngress('moved');
    await giveAddress('moved', { ip: '127.0.0.3' });
    const { answered } = await wait({
      name: 'moved',
      on: { 'accepts no connection': () => giveAddress('moved', { ip: '127.0.0.1' }) },
    });
    expect(answered.hostname).toBe('127.0.0.1');
  }, 240_000);

  test('through a crash of the API server', async () => {
    await applyIngress('crash');
    const { answered } = await wait({
      name: 'crash',
      on: {
        'has given it no address': async () => {
          await plane.kill();
          await plane.restart();
          await giveAddress('crash', { ip: '127.0.0.1' });
        },
      },
    });
    expect(answered.hostname).toBe('127.0.0.1');
  }, 240_000);

  test('without its warnings by whoever may not read them, which is said', async () => {
    await plane.api.apply(rightsToIngresses);
    await applyIngress('limited');
    const access = await readAccess(plane);
    const content = writeKubeconfig({ ...access, user: { token: access.token, as: 'limited' } });
    const limited = await openWatched({ kind: 'kubeconfig', content, allowExec: false });
    const { told } = await wait({
      name: 'limited',
      on: { 'cannot be shown': () => giveAddress('limited', { ip: '127.0.0.1' }) },
      by: limited.cluster,
    });
    await limited.cluster.close();
    expect(told).toContainEqual(expect.stringMatching(/^The warnings of its controller cannot be shown\. .*events/));
  }, 240_000);

  test('not at all where the cluster cannot be reached', async () => {
    const content = writeKubeconfig({ server: 'https://127.0.0.1:1', authority: '', user: {} });
    const away = await openWatched({ kind: 'kubeconfig', content, allowExec: false }, { retryDelays: [1] });
    await expect(wait({ name: 'ui', by: away.cluster })).rejects.toMatchObject({ code: 'CLUSTER_UNREACHABLE' });
    await away.cluster.close();
  }, 240_000);

  test('no longer than the time limit, which names the stage, the Ingresses there are, and the warnings', async () => {
    await applyIngress('cart');
    await expect(wait({ name: 'carts', timeout: 2_000 })).rejects.toMatchObject({
      code: 'TIMED_OUT',
      message: 'Ingress default/carts is not answering after 2 s: there is no such Ingress (stage exists).',
      failure: { found: expect.stringContaining('cart') },
    });
    await warn('cart', 'no subnets found');
    await expect(wait({ name: 'cart', timeout: 2_000 })).rejects.toMatchObject({
      code: 'TIMED_OUT',
      message: 'Ingress default/cart is not answering after 2 s: its controller has given it no address (stage address).',
      failure: { likely: 'what its controller warned of', detail: 'Warning FailedBuildModel from ingress: no subnets found' },
    });
  }, 240_000);
});
