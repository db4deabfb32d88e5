import { lookup, Resolver } from 'node:dns/promises';
import { describe, expect } from '@jest/globals';
import { z } from 'zod';
import { pageCommand, pushBusyboxImage } from '../busybox-image.ts';
import { startCluster } from '../cluster/start-cluster.ts';
import { testNeeding } from '../needs.ts';
import { nameServer } from '../sandbox/aws-hosts.ts';
import { startDns } from '../sandbox/dns.ts';
import { startEcr } from '../sandbox/ecr.ts';
import { startLoadBalancer } from './start-load-balancer.ts';

const testInSandbox = await testNeeding('sandbox');
const test = await testNeeding(
  ...(['sandbox', 'docker-registry', 'moto', 'busybox-amd64', 'busybox-arm64', 'etcd', 'kube-apiserver'] as const),
  ...(['kube-controller-manager', 'kube-scheduler', 'kubelet', 'containerd', 'runc'] as const),
);

const ingress = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'ui', namespace: 'default' } };
const withHostname = z.object({
  status: z.object({ loadBalancer: z.object({ ingress: z.tuple([z.object({ hostname: z.string() })]) }) }),
});

const service = `
apiVersion: v1
kind: Service
metadata: { name: ui, namespace: default }
spec: { selector: { app: ui }, ports: [{ name: http, port: 80, targetPort: 8080 }] }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: ui, namespace: default, annotations: { alb.ingress.kubernetes.io/scheme: internet-facing } }
spec:
  ingressClassName: alb
  rules: [{ http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: ui, port: { number: 80 } } } }] } }]
`;

function podOf(image: string): string {
  const metadata = { name: 'ui', namespace: 'default', labels: { app: 'ui' } };
  return JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [{ name: 'ui', image }] } });
}

/** Asks again until the answer is of a status. */
async function fetchUntil(url: string, status: number): Promise<string> {
  for (;;) {
    const response = await fetch(url);
    if (response.status === status) return response.text();
  }
}

describe('the name server', () => {
  testInSandbox('denies a name until it is there, tells who has authority over it, and refuses what is not its own', async () => {
    const dns = await startDns();
    const name = `shop.${nameServer.zone}`;
    await expect(lookup(name)).rejects.toThrow('ENOTFOUND');
    const resolver = new Resolver();
    resolver.setServers([dns.address]);
    expect(await resolver.resolveNs(nameServer.zone)).toEqual([nameServer.name]);
    expect(await resolver.resolve4(nameServer.name)).toEqual([dns.address]);
    expect(await resolver.resolveSoa(nameServer.zone)).toMatchObject({ nsname: nameServer.name, minttl: 60 });
    dns.set(name, '127.0.2.9');
    expect(await lookup(name)).toEqual({ address: '127.0.2.9', family: 4 });
    await expect(resolver.resolve6(name)).rejects.toThrow('ENODATA');
    await expect(resolver.resolve4('example.com')).rejects.toThrow('EREFUSED');
    expect(dns.queries()).toContain(`A ${name}`);
    await dns.stop();
  });
});

describe('the simulated load balancer', () => {
  test('gives an Ingress a name, answers 503 until a pod is ready, then with its page', async () => {
    const [cluster, ecr] = await Promise.all([startCluster(), startEcr()]);
    const loadBalancer = await startLoadBalancer({ cluster });
    await cluster.api.apply(service);
    await cluster.api.waitFor(ingress, { until: found => withHostname.safeParse(found).success });
    const { status } = withHostname.parse(await cluster.api.get(ingress));
    const [{ hostname }] = status.loadBalancer.ingress;
    expect(hostname).toMatch(/^k8s-default-ui-[0-9a-f]{10}-\d+\.us-west-2\.elb\.amazonaws\.com$/);
    while ((await lookup(hostname).catch(() => undefined)) === undefined);
    expect(await fetchUntil(`http://${hostname}/home`, 503)).toContain('503');
    const { reference } = await pushBusyboxImage({
      registry: ecr,
      repository: 'shop/ui',
      tag: 'one',
      command: pageCommand('Sample'),
    });
    await cluster.api.apply(podOf(reference));
    expect(await fetchUntil(`http://${hostname}/home`, 200)).toBe('Sample');
    await cluster.api.remove(ingress);
    while ((await lookup(hostname).catch(() => undefined)) !== undefined);
    await Promise.all([loadBalancer.stop(), ecr.stop(), cluster.stop()]);
  }, 300_000);
});
