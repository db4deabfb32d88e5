import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type ControlPlane,
  currentSandbox,
  type LoadBalancer,
  requireTool,
  startControlPlane,
  startLoadBalancer,
} from '@eks-gitops/testbed';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { describe, expect } from '@jest/globals';
import { execa } from 'execa';
import type { Cluster } from '../cluster.ts';
import { openWatched } from '../e2e-world.ts';
import { parseStatusRange, parseTextPattern } from './expectation.ts';
import { type WaitOptions, waitForAnswer } from './wait-for-answer.ts';

const test = await testNeeding('sandbox', 'root', 'busybox-amd64', 'etcd', 'kube-apiserver');

/** Where the page is served; the API server takes no endpoint on loopback. */
const podAddress = '10.213.78.9';

interface World {
  readonly plane: ControlPlane;
  readonly cluster: Cluster;
  readonly loadBalancer: LoadBalancer;
}

async function withWorld(work: (world: World) => Promise<void>): Promise<void> {
  const plane = await startControlPlane();
  const loadBalancer = await startLoadBalancer({ cluster: plane });
  const { cluster } = await openWatched({ kind: 'kubeconfig', path: plane.kubeconfig, allowExec: false });
  try {
    await work({ plane, cluster, loadBalancer });
  } finally {
    await cluster.close();
    await loadBalancer.stop();
    await plane.stop();
  }
}

function ingressOf(scheme: string, ports: object): string {
  const annotations = {
    'alb.ingress.kubernetes.io/scheme': scheme,
    'alb.ingress.kubernetes.io/listen-ports': JSON.stringify([ports]),
  };
  const backend = { service: { name: 'ui', port: { number: 80 } } };
  return JSON.stringify({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'ui', namespace: 'default', annotations },
    spec: { ingressClassName: 'alb', rules: [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }] },
  });
}

const service = `
apiVersion: v1
kind: Service
metadata: { name: ui, namespace: default }
spec: { ports: [{ name: http, port: 80, targetPort: 8080 }] }
`;

/** As the endpoint slice controller writes it once a pod is ready. */
function endpointsAt(port: number): string {
  return JSON.stringify({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'ui-1', namespace: 'default', labels: { 'kubernetes.io/service-name': 'ui' } },
    addressType: 'IPv4',
    ports: [{ name: 'http', port, protocol: 'TCP' }],
    endpoints: [{ addresses: [podAddress], conditions: { ready: true } }],
  });
}

function wait(cluster: Cluster, more: Partial<WaitOptions>) {
  return waitForAnswer({
    subject: { kind: 'ingress', cluster, namespace: 'default', name: 'ui' },
    path: '/home',
    expectation: { statuses: [parseStatusRange('200')], headers: [], body: parseTextPattern('Retail Store Sample New') },
    consecutive: 3,
    timeout: 120_000,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    onNotice: () => undefined,
    ...more,
  });
}

describe('the simulated load balancer', () => {
  test('is waited for from the Ingress to the page, over TLS, without its name being remembered as missing', async () => {
    const { authority } = await currentSandbox();
    const ip = async (...args: string[]) => execa(await requireTool('busybox-amd64'), ['ip', 'address', ...args]);
    await ip('add', `${podAddress}/32`, 'dev', 'lo');
    const page = createServer((_, response) => response.end('<title>Retail Store Sample New</title>')).listen(0, podAddress);
    await once(page, 'listening');
    await withWorld(async ({ plane, cluster, loadBalancer }) => {
      await plane.api.apply(`${service}---\n${ingressOf('internet-facing', { HTTPS: 443 })}`);
      const told: string[] = [];
      const { url, times } = await wait(cluster, {
        ca: authority.certificate,
        onProgress: sentence => {
          told.push(sentence);
          if (sentence.includes('503')) plane.api.apply(endpointsAt((page.address() as AddressInfo).port));
        },
      });
      expect(url).toMatch(/^https:\/\/k8s-default-ui-[\w-]+\.us-west-2\.elb\.amazonaws\.com\/home$/);
      expect(times.map(({ stage }) => stage).join()).toBe('exists,address,name,connection,tls,status,body,consecutive');
      expect(told).toContainEqual(expect.stringContaining('its name does not resolve'));
      expect(loadBalancer.dns.queries()).toContain('NS us-west-2.elb.amazonaws.com');
    });
    page.closeAllConnections();
    page.close();
    await ip('del', `${podAddress}/32`, 'dev', 'lo');
  }, 240_000);

  test('that is internal is recognised', async () => {
    await withWorld(async ({ plane, cluster }) => {
      await plane.api.apply(`${service}---\n${ingressOf('internal', { HTTP: 80 })}`);
      await expect(wait(cluster, { privatePatience: 0 })).rejects.toMatchObject({ code: 'LOAD_BALANCER_PRIVATE' });
    });
  }, 240_000);
});
