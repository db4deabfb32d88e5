import { setTimeout as sleep } from 'node:timers/promises';
import { parseReference } from '@eks-gitops/images';
import { mediaTypes, openRegistry, parseManifest, type Registry } from '@eks-gitops/images/registry';
import { inSandbox } from '@eks-gitops/testbed';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { makeWorld, type WorkloadChange, type World, workload } from './e2e-world.ts';

const tools = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'containerd', 'runc'] as const;
const test = await testNeeding('sandbox', 'docker-registry', 'moto', 'busybox-amd64', 'busybox-arm64', ...tools);
const hangGuard = 240_000;

function openEcr({ login }: World['ecr']): Registry {
  return openRegistry({ credentials: async () => ({ kind: 'basic', ...login }), signal: new AbortController().signal });
}

describe('on a real cluster', () => {
  let world: World;

  beforeAll(async () => {
    if (inSandbox()) world = await makeWorld();
  }, hangGuard);

  afterAll(async () => {
    await world?.stop();
  });

  const apply = (change: WorkloadChange): Promise<void> => world.cluster.api.apply(workload(change));
  const pinned = ({ reference, digest }: World['one']): string => `${reference}@${digest}`;

  test(
    'a rollout passes when the new image is all that runs, not while the old one still answers',
    async () => {
      const { one, two } = world;
      await apply({ name: 'ui', image: one.reference, spec: { replicas: 2 } });
      const first = await world.run(['--workload', 'ui', '--image', one.reference]);
      expect(first).toMatchObject({ exitCode: 0, outputs: { workloads: 'default/deployment/ui', digest: one.digest } });
      expect(first.outputs['pods']?.split('\n')).toHaveLength(2);
      const waiting = world.start(['--workload', 'ui', '--image', two.reference]);
      await waiting.said('its template to name');
      await apply({ name: 'ui', image: two.reference, spec: { replicas: 2 } });
      const second = await waiting.finished;
      expect(second).toMatchObject({ exitCode: 0, outputs: { 'running-digests': two.digest, superseded: 'false' } });
      const older = await world.run(['--workload', 'ui', '--image', one.reference]);
      expect(older).toMatchObject({ exitCode: 0, outputs: { superseded: 'true' } });
    },
    hangGuard,
  );

  test(
    'a StatefulSet and a DaemonSet are found by their labels and waited for together',
    async () => {
      const { one } = world;
      const labelled = (kind: 'StatefulSet' | 'DaemonSet'): string =>
        workload({ kind, name: kind.toLowerCase(), image: one.reference }).replace('"part":"shop"', '"part":"sets"');
      await world.cluster.api.apply([labelled('StatefulSet'), labelled('DaemonSet')].join('\n---\n'));
      const { exitCode, outputs } = await world.run(['--selector', 'part=sets', '--image', pinned(one)]);
      expect({ exitCode, digests: outputs['running-digests'] }).toEqual({ exitCode: 0, digests: one.digest });
      expect(outputs['workloads']?.split('\n').sort()).toEqual([
        'default/daemonset/daemonset',
        'default/statefulset/statefulset',
      ]);
    },
    hangGuard,
  );

  test(
    'a new image that cannot be pulled fails, with the old pods still healthy',
    async () => {
      const { one, two } = world;
      await apply({ name: 'unpullable', image: one.reference });
      await world.run(['--workload', 'unpullable', '--image', pinned(one)]);
      const missing = `${one.reference.split(':')[0]}:missing`;
      await apply({ name: 'unpullable', image: missing });
      const { exitCode, error } = await world.run([
        ...['--workload', 'unpullable', '--image', `${missing}@${two.digest}`, '--tolerate', 'image-pull=5s'],
      ]);
      expect({ exitCode, code: error['code'] }).toEqual({ exitCode: 1, code: 'IMAGE_UNPULLABLE' });
      expect(error['found']).toMatch(/^(?:ErrImagePull|ImagePullBackOff) .*:missing: .*not found/);
      expect(error['detail']).toMatch('Events of unpullable-');
    },
    hangGuard,
  );

  const failures: readonly (readonly [
    string,
    Partial<WorkloadChange>,
    { code: string; found: RegExp; detail?: RegExp; args?: string[] },
  ])[] = [
    [
      'a container that keeps ending',
      { spec: { minReadySeconds: 20 }, container: { command: ['sh', '-c', 'echo no database; exit 3'] } },
      { code: 'CONTAINER_CRASHING', found: /^exit code 3, Error$/, detail: /Last log lines.*\n {2}no database/ },
    ],
    [
      'a liveness probe that fails',
      {
        spec: { minReadySeconds: 20 },
        container: { livenessProbe: { httpGet: { path: '/none', port: 8080 }, periodSeconds: 1, failureThreshold: 1 } },
      },
      { code: 'CONTAINER_CRASHING', found: /^exit code \d+/, detail: /Liveness probe failed/ },
    ],
    [
      'a Secret that is not there',
      { container: { envFrom: [{ secretRef: { name: 'database' } }] } },
      { code: 'CONTAINER_INVALID', found: /CreateContainerConfigError .*secret "database" not found/ },
    ],
    [
      'an image name that is none',
      { image: 'UI:i20261101000000-00000001' },
      { code: 'IMAGE_NAME_INVALID', found: /InvalidImageName/, args: ['--container', 'ui'] },
    ],
    [
      'a progress deadline, by a probe that fails',
      {
        spec: { progressDeadlineSeconds: 4 },
        container: { readinessProbe: { httpGet: { path: '/none', port: 8080 }, periodSeconds: 1 } },
      },
      { code: 'ROLLOUT_STALLED', found: /timed out progressing/, detail: /Readiness probe failed.*404/ },
    ],
    ['a rollout that is paused', { spec: { paused: true } }, { code: 'ROLLOUT_PAUSED', found: /spec.paused/ }],
    [
      'a pod that no node takes, at the timeout, in the words of the scheduler',
      { podSpec: { nodeSelector: { disk: 'ssd' } } },
      {
        code: 'TIMED_OUT',
        found: /1 of 1 new pods/,
        detail: /cannot be scheduled: 0\/1 nodes are available/,
        args: ['--timeout', '30s'],
      },
    ],
    [
      'a quota, at the timeout',
      { namespace: 'small' },
      {
        code: 'TIMED_OUT',
        found: /1 of 1 new pods/,
        detail: /exceeded quota: none/,
        args: ['--namespace', 'small', '--timeout', '30s'],
      },
    ],
    [
      'pods that a policy refuses',
      { namespace: 'strict' },
      { code: 'PODS_REFUSED', found: /violates PodSecurity/, args: ['--namespace', 'strict', '--tolerate', 'pod-creation=2s'] },
    ],
    [
      'a container that is not there',
      {},
      { code: 'IMAGE_UNUSED', found: /ui: /, args: ['--container', 'web', '--tolerate', 'image-unused=1s'] },
    ],
  ];

  test(
    'each fault fails with its cause',
    async () => {
      const { one } = world;
      await world.cluster.api.apply(`
{ apiVersion: v1, kind: Namespace, metadata: { name: small } }
---
{ apiVersion: v1, kind: ResourceQuota, metadata: { name: none, namespace: small }, spec: { hard: { pods: 0 } } }
---
{ apiVersion: v1, kind: Namespace, metadata: { name: strict, labels: { pod-security.kubernetes.io/enforce: restricted } } }`);
      await Promise.all(
        failures.map(async ([, change], at) =>
          apply({ name: `fault-${at}`, image: one.reference, spec: { replicas: 1 }, ...change }),
        ),
      );
      const ends = await Promise.all(
        failures.map(async ([name, , { code, found, detail = /(?:)/, args = [] }], at) => {
          const end = await world.run(['--workload', `fault-${at}`, '--image', pinned(one), ...args]);
          const { error } = end;
          const isTold = error['code'] === code && found.test(error['found'] ?? '') && detail.test(error['detail'] ?? '');
          return isTold ? { name } : { name, end };
        }),
      );
      expect(ends).toEqual(failures.map(([name]) => ({ name })));
    },
    hangGuard,
  );

  test(
    "an index without the node's platform is named with that platform",
    async () => {
      const { ecr, one } = world;
      const registry = openEcr(ecr);
      const source = parseReference(one.reference);
      const manifest = parseManifest({ ...(await registry.getManifest(source)), subject: one.reference });
      const manifests = manifest.kind === 'index' ? manifest.index.manifests.slice(0, 1) : [];
      const foreign = manifests.map(descriptor => ({ ...descriptor, platform: { os: 'linux', architecture: 's390x' } }));
      const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: foreign }));
      const reference = { ...source, tag: 's390x' };
      const digest = await registry.putManifest({ reference, mediaType: mediaTypes.ociIndex, bytes, tries: 'repeated' });
      await registry.close();
      const image = `${one.reference.split(':')[0]}:s390x`;
      await apply({ name: 'foreign', image });
      const { error } = await world.run(['--workload', 'foreign', '--image', `${image}@${digest}`]);
      expect(error).toMatchObject({ code: 'IMAGE_PLATFORM_MISSING', expected: expect.stringContaining('linux/amd64') });
    },
    hangGuard,
  );

  test(
    'a pod that reports another index of the same image passes, and one of a tag that was moved since does not',
    async () => {
      const { ecr, one, two } = world;
      const registry = openEcr(ecr);
      const manifest = parseManifest({ ...(await registry.getManifest(parseReference(one.reference))), subject: one.reference });
      const repository = one.reference.split(':')[0];
      const manifests = manifest.kind === 'index' ? manifest.index.manifests.toReversed() : [];
      const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests }));
      const turned = { ...parseReference(one.reference), tag: 'turned' };
      const digest = await registry.putManifest({ reference: turned, mediaType: mediaTypes.ociIndex, bytes, tries: 'repeated' });
      await apply({ name: 'turned', image: `${repository}:turned` });
      const same = await world.run(['--workload', 'turned', '--image', `${repository}:turned`]);
      expect(same).toMatchObject({ exitCode: 0, outputs: { digest } });
      // The node had the image by the other index, and containerd tells whichever it lists first.
      expect([digest, one.digest]).toContain(same.outputs['running-digests']);

      const reference = { ...parseReference(one.reference), tag: 'moving' };
      const move = async ({ reference: source }: World['one']): Promise<void> => {
        const { mediaType, bytes } = await registry.getManifest(parseReference(source));
        await registry.putManifest({ reference, mediaType, bytes, tries: 'repeated' });
      };
      await move(one);
      await apply({ name: 'moved', image: `${repository}:moving` });
      expect(await world.run(['--workload', 'moved', '--image', `${repository}:moving`])).toMatchObject({ exitCode: 0 });
      await move(two);
      await registry.close();
      const { error } = await world.run(['--workload', 'moved', '--image', `${repository}:moving`]);
      expect(error).toMatchObject({ code: 'IMAGE_NOT_RUNNING', found: one.digest });
    },
    hangGuard,
  );

  test(
    'a workload that is made anew under its name is followed anew, and one that goes back to another image fails',
    async () => {
      const { one, two, cluster } = world;
      const never = { readinessProbe: { httpGet: { path: '/none', port: 8080 } } };
      await apply({ name: 'anew', image: two.reference, container: never });
      const waiting = world.start(['--workload', 'anew', '--image', pinned(two)]);
      await waiting.said('1 of 1 new pods to be available');
      await cluster.api.remove({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'anew', namespace: 'default' } });
      await waiting.said('it to be created');
      const labels = { app: 'anew', made: 'again' };
      const again = workload({ name: 'anew', image: two.reference, container: never });
      await cluster.api.apply(again.replaceAll('{"app":"anew"}', JSON.stringify(labels)));
      await apply({ name: 'back', image: two.reference, container: never });
      const back = world.start(['--workload', 'back', '--image', pinned(two)]);
      await back.said('1 of 1 new pods to be available');
      await apply({ name: 'back', image: one.reference });
      const { error } = await back.finished;
      expect(error).toMatchObject({ code: 'ROLLOUT_REPLACED', found: one.reference });
      await cluster.api.apply(
        workload({ name: 'anew', image: two.reference }).replaceAll('{"app":"anew"}', JSON.stringify(labels)),
      );
      expect(await waiting.finished).toMatchObject({ exitCode: 0 });
    },
    hangGuard,
  );

  test(
    'a wait outlives the API server that is killed, and a cancel ends it at once',
    async () => {
      const { one, two, cluster } = world;
      await apply({ name: 'killed', image: one.reference });
      const waiting = world.start(['--workload', 'killed', '--image', pinned(two)]);
      await waiting.said('its template to name');
      await cluster.kill();
      await sleep(1000);
      await cluster.restart();
      await apply({ name: 'killed', image: two.reference });
      expect(await waiting.finished).toMatchObject({ exitCode: 0, outputs: { 'running-digests': two.digest } });
      const cancelled = world.start(['--workload', 'nowhere', '--image', pinned(two)]);
      await cancelled.said('it to be created');
      cancelled.interrupt();
      expect(await cancelled.finished).toMatchObject({ exitCode: 130, error: { code: 'CANCELLED' } });
      expect(await world.leftovers()).toEqual([]);
    },
    hangGuard,
  );
});
