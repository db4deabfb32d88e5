import { describe, expect } from '@jest/globals';
import { z } from 'zod';
import { pageCommand, pushBusyboxImage } from '../busybox-image.ts';
import { testNeeding } from '../needs.ts';
import { startEcr } from '../sandbox/ecr.ts';
import { startCluster } from './start-cluster.ts';

const tools = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'containerd', 'runc'] as const;
const test = await testNeeding('sandbox', 'docker-registry', 'moto', 'busybox-amd64', 'busybox-arm64', ...tools);

const hangGuard = 300_000;
const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'ui', namespace: 'default' } };
const pods = z.array(
  z.object({
    status: z.object({ podIP: z.string(), containerStatuses: z.array(z.object({ ready: z.boolean(), imageID: z.string() })) }),
  }),
);

function manifestOf({ image, replicas }: { image: string; replicas: number }): string {
  const labels = { app: 'ui' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'ui', image }] } };
  return JSON.stringify({ ...deployment, spec: { replicas, selector: { matchLabels: labels }, template } });
}

describe('a cluster', () => {
  test(
    'runs real pods of the image that was pushed under the ECR name, and says why it cannot run another',
    async () => {
      const [cluster, ecr] = await Promise.all([startCluster(), startEcr()]);
      const { reference, digest } = await pushBusyboxImage({
        registry: ecr,
        repository: 'shop/ui',
        tag: 'one',
        command: pageCommand('Sample'),
      });
      await cluster.api.apply(manifestOf({ image: reference, replicas: 2 }));
      const isAvailable = (found: unknown): boolean => JSON.stringify(found).includes('"availableReplicas":2');
      await cluster.api.waitFor(deployment, { until: isAvailable, within: 120 });
      const running = pods.parse(await cluster.api.list({ apiVersion: 'v1', kind: 'Pod', labelSelector: 'app=ui' }));
      expect(running).toHaveLength(2);
      for (const { status } of running) {
        expect(status.containerStatuses).toEqual([{ ready: true, imageID: expect.stringContaining(digest) }]);
        expect(await (await fetch(`http://${status.podIP}:8080/home`)).text()).toBe('Sample');
      }
      const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'bad', namespace: 'default' } };
      const spec = { containers: [{ name: 'bad', image: `${ecr.host}/shop/ui:missing` }] };
      await cluster.api.apply(JSON.stringify({ ...pod, spec }));
      await cluster.api.waitFor(pod, { until: found => JSON.stringify(found).includes('ErrImagePull') });
      await Promise.all([cluster.stop(), ecr.stop()]);
      await expect(fetch(`http://${running[0]?.status.podIP}:8080/`)).rejects.toThrow('fetch failed');
    },
    hangGuard,
  );

  test(
    'stands beside another, and its API server comes back with all that it had',
    async () => {
      const clusters = await Promise.all([startCluster(), startCluster()]);
      const [one, other] = clusters;
      expect(one.address).not.toBe(other.address);
      await one.api.apply('{ apiVersion: v1, kind: Namespace, metadata: { name: shop } }');
      await one.kill();
      const shop = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
      await expect(one.api.get(shop)).rejects.toThrow('ECONNREFUSED');
      await one.restart();
      await one.api.waitFor(shop, { until: found => JSON.stringify(found).includes('"phase":"Active"') });
      await expect(other.api.get(shop)).rejects.toThrow('404');
      await Promise.all(clusters.map(cluster => cluster.stop()));
    },
    hangGuard,
  );
});
