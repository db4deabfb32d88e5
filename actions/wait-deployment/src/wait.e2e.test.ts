import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseReference } from '@eks-gitops/images';
import { mediaTypes, openRegistry, parseManifest, type Registry } from '@eks-gitops/images/registry';
import { type FinishedCommand, formatBinding, inSandbox, readRoles, rightsOf } from '@eks-gitops/testbed';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { type FaultyChange, faultyChanges, surroundings } from './e2e-faults.ts';
import { clusterName, failingProbe, makeWorld, probe, type WorkloadChange, type World, workload } from './e2e-world.ts';

const tools = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'containerd', 'runc'] as const;
const test = await testNeeding('sandbox', 'docker-registry', 'moto', 'busybox-amd64', 'busybox-arm64', ...tools);
const hangGuard = 240_000;
/** Milliseconds in which a cancelled wait has to be over: ten times what it may take, since the machine has others to run too. */
const tenfoldSecond = 10_000;

const roles = readRoles(await readFile(new URL('../README.md', import.meta.url), 'utf8'));
const [needed] = roles;
const needs = needed === undefined ? [] : rightsOf(needed);
/** Who has what the README says, only what it says is needed, and one right less of that each. */
const groups = ['all', 'needed', ...needs.map((_, at) => `less-${at}`)];
const administrator = { accessKeyId: 'testing', secretAccessKey: 'testing', username: 'admin', groups: ['system:masters'] };
const keyOf = (group: string) => ({ accessKeyId: `key-${group}`, secretAccessKey: `secret-${group}` });
const entries = groups.map(group => ({
  ...keyOf(group),
  username: `arn:aws:sts::123456789012:assumed-role/${group}/ci`,
  groups: [group],
}));

function openEcr({ login }: World['ecr']): Registry {
  return openRegistry({ credentials: async () => ({ kind: 'basic', ...login }), signal: new AbortController().signal });
}

describe('on a real cluster', () => {
  let world: World;

  beforeAll(async () => {
    if (inSandbox()) world = await makeWorld([administrator, ...entries]);
  }, hangGuard);

  afterAll(async () => {
    await world?.stop();
  });

  const apply = (change: WorkloadChange): Promise<void> => world.cluster.api.apply(workload(change));
  const pinned = ({ reference, digest }: World['one']): string => `${reference}@${digest}`;
  const run = (...args: string[]): Promise<FinishedCommand> => world.command.run(args);

  test.concurrent(
    'each fault fails with its cause, though the version before is healthy',
    async () => {
      const { one, two, cluster } = world;
      await cluster.api.apply(surroundings);
      const faults = faultyChanges(world);
      const kindOf = ({ change }: FaultyChange): NonNullable<WorkloadChange['kind']> => change?.kind ?? 'Deployment';
      const placeOf = ({ change }: FaultyChange): string => change?.namespace ?? 'default';
      const replicas = (kind: WorkloadChange['kind']): object =>
        kind === 'DaemonSet' ? {} : { replicas: kind === 'StatefulSet' ? 2 : 1 };
      const applyFault = (at: number, change: Partial<WorkloadChange>): Promise<void> =>
        apply({ name: `fault-${at}`, image: two.reference, ...change, spec: { ...replicas(change.kind), ...change.spec } });
      const labels = { part: 'faults' };
      await Promise.all(
        faults.map((fault, at) => {
          const first = { kind: kindOf(fault), namespace: placeOf(fault), labels, image: one.reference, container: probe };
          return applyFault(at, first);
        }),
      );
      const healthy = await Promise.all(
        [...new Set(faults.map(placeOf))].map(namespace =>
          run('--selector=part=faults', `--namespace=${namespace}`, `--image=${pinned(one)}`),
        ),
      );
      expect(healthy.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
      await Promise.all(faults.map(({ change = {} }, at) => applyFault(at, { ...change, labels })));
      const ends = await Promise.all(
        faults.map(async (fault, at) => {
          const { name, code, found, detail = /(?:)/, args = [], image = pinned(two) } = fault;
          const subject = [`--workload=${kindOf(fault)}/fault-${at}`, `--namespace=${placeOf(fault)}`, `--image=${image}`];
          const limit = args.some(arg => arg.startsWith('--timeout')) ? [] : ['--timeout=90s'];
          const end = await run(...subject, ...limit, ...args);
          const { error } = end;
          const isTold = error['code'] === code && found.test(error['found'] ?? '') && detail.test(error['detail'] ?? '');
          return isTold ? { name } : { name, end };
        }),
      );
      expect(ends).toEqual(faults.map(({ name }) => ({ name })));
    },
    hangGuard,
  );

  test.concurrent(
    'the rights that the README names are enough, and each that is missing is named with what gives it',
    async () => {
      const { one, two, cluster, command } = world;
      const namespace = 'rights';
      await cluster.api.apply(JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }));
      const bindings = groups.map(group => {
        const without = needs[Number(/^less-(\d+)$/.exec(group)?.[1])];
        const own = group === 'all' ? roles : roles.slice(0, 1);
        return formatBinding({ group, namespace, roles: own, ...(without === undefined ? {} : { without }) });
      });
      await cluster.api.apply(bindings.join('\n---\n'));
      const labels = { part: 'rights' };
      for (const kind of ['Deployment', 'StatefulSet', 'DaemonSet'] as const) {
        await apply({ kind, name: kind.toLowerCase(), namespace, labels, image: one.reference, container: probe });
      }
      const as = (group: string, ...args: string[]): Promise<FinishedCommand> => {
        const { accessKeyId, secretAccessKey } = keyOf(group);
        const env = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
        return command.run([`--cluster-name=${clusterName}`, `--namespace=${namespace}`, ...args], env);
      };
      expect(await as('needed', '--selector=part=rights', `--image=${pinned(one)}`)).toMatchObject({ exitCode: 0 });

      const broken = {
        name: 'broken',
        namespace,
        image: two.reference,
        container: { command: ['sh', '-c', 'echo why; exit 1'] },
      };
      await apply(broken);
      const [whole, partial] = await Promise.all(
        ['all', 'needed'].map(group => as(group, '--workload=broken', `--image=${pinned(two)}`)),
      );
      expect(whole?.error).toMatchObject({
        code: 'CONTAINER_CRASHING',
        detail: expect.stringMatching(/ {2}why[\s\S]*Events of broken-/),
      });
      expect(whole?.error['detail']).not.toContain('could not be read');
      expect(partial?.error).toMatchObject({ code: 'CONTAINER_CRASHING', detail: expect.stringContaining('could not be read') });

      const workloads = '--workload=deployment,sts/statefulset,ds/daemonset';
      const ends = await Promise.all(
        needs.map(async ({ group, resource, verb }, at) => {
          const { error } = await as(`less-${at}`, workloads, `--image=${pinned(two)}`, '--timeout=60s');
          const full = group === '' ? resource : `${resource}.${group}`;
          const rule = `{"apiGroups": ["${group}"], "resources": ["${resource}"], "verbs": ["${verb}", "${verb === 'list' ? 'watch' : 'list'}"]}`;
          const principal = `--principal-arn arn:aws:iam::123456789012:role/less-${at}`;
          const isTold =
            error['code'] === 'CLUSTER_DENIED' &&
            error['message']?.includes(`may not ${verb} ${full}`) &&
            error['remedy']?.includes(rule) &&
            error['remedy'].includes(`aws eks create-access-entry --cluster-name ${clusterName} --region us-west-2 ${principal}`);
          return isTold ? { verb, resource } : { verb, resource, error };
        }),
      );
      expect(ends).toEqual(needs.map(({ verb, resource }) => ({ verb, resource })));
    },
    hangGuard,
  );

  test.concurrent(
    'a rollout passes when the new image is all that runs, not while the old one still answers',
    async () => {
      const { one, two, command } = world;
      await apply({ name: 'ui', image: one.reference, spec: { replicas: 2 }, container: probe });
      const first = await run('--workload=ui', `--image=${one.reference}`);
      expect(first).toMatchObject({ exitCode: 0, outputs: { workloads: 'default/deployment/ui', digest: one.digest } });
      expect(first.outputs['pods']?.split('\n')).toHaveLength(2);
      const waiting = command.start(['--workload=ui', `--image=${two.reference}`]);
      await waiting.said('its template to name');
      await apply({ name: 'ui', image: two.reference, spec: { replicas: 2 }, container: probe });
      const second = await waiting.finished;
      expect(second).toMatchObject({ exitCode: 0, outputs: { 'running-digests': two.digest, superseded: 'false' } });
      const older = await run('--workload=ui', `--image=${one.reference}`);
      expect(older).toMatchObject({ exitCode: 0, outputs: { superseded: 'true' } });
    },
    hangGuard,
  );

  test.concurrent(
    'a rollout that a later one takes the place of goes on to the end of that',
    async () => {
      const { one, two, command } = world;
      await apply({ name: 'overtaken', image: one.reference, container: failingProbe });
      const waiting = command.start(['--workload=overtaken', `--image=${pinned(one)}`]);
      await waiting.said('1 of 1 new pods to be available');
      await apply({ name: 'overtaken', image: two.reference, container: probe });
      const { exitCode, outputs, log } = await waiting.finished;
      expect({ exitCode, ...outputs }).toMatchObject({ exitCode: 0, superseded: 'true', 'running-digests': two.digest });
      expect(log).toContain('runs a later release');
    },
    hangGuard,
  );

  test.concurrent(
    'several are waited for together, by their names or their labels, one without replicas among them',
    async () => {
      const { one } = world;
      const labels = { part: 'sets' };
      await apply({ kind: 'StatefulSet', name: 'sts', labels, image: one.reference, container: probe });
      await apply({ kind: 'DaemonSet', name: 'ds', labels, image: one.reference, container: probe });
      await apply({ name: 'none', labels, image: one.reference, spec: { replicas: 0 } });
      const [byLabel, byName] = await Promise.all([
        run('--selector=part=sets', `--image=${pinned(one)}`),
        run('--workload=none,statefulset/sts,ds/ds', `--image=${pinned(one)}`),
      ]);
      const names = ['default/daemonset/ds', 'default/deployment/none', 'default/statefulset/sts'];
      for (const { exitCode, outputs } of [byLabel, byName]) {
        expect({ exitCode, digests: outputs['running-digests'] }).toEqual({ exitCode: 0, digests: one.digest });
        expect(outputs['workloads']?.split('\n').sort()).toEqual(names);
        expect(outputs['pods']?.split('\n')).toHaveLength(2);
      }
      expect(byName.log).toContain('and wants no pods');
    },
    hangGuard,
  );

  test.concurrent(
    'an autoscaler that asks for more pods meanwhile is waited for',
    async () => {
      const { two, command, cluster } = world;
      await apply({ name: 'scaled', image: two.reference, container: failingProbe });
      const waiting = command.start(['--workload=scaled', `--image=${pinned(two)}`]);
      await waiting.said('1 of 1 new pods to be available');
      const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'scaled' };
      const metadata = { name: 'scaled', namespace: 'default' };
      const scaler = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata };
      await cluster.api.apply(JSON.stringify({ ...scaler, spec: { scaleTargetRef, minReplicas: 3, maxReplicas: 4 } }));
      await waiting.said('of 3 new pods to be available');
      await apply({ name: 'scaled', image: two.reference, container: probe });
      const { exitCode, outputs } = await waiting.finished;
      expect({ exitCode, pods: outputs['pods']?.split('\n').length }).toEqual({ exitCode: 0, pods: 3 });
    },
    hangGuard,
  );

  test.concurrent(
    'going back after a rollout that made no progress passes: its deadline is not that of the one before',
    async () => {
      const { one, two, command } = world;
      const spec = { replicas: 4, progressDeadlineSeconds: 4 };
      await apply({ name: 'reverted', image: two.reference, spec, container: probe });
      await run('--workload=reverted', `--image=${pinned(two)}`);
      await apply({ name: 'reverted', image: one.reference, spec, container: failingProbe });
      const stalled = await run('--workload=reverted', `--image=${pinned(one)}`);
      expect(stalled.error).toMatchObject({ code: 'ROLLOUT_STALLED' });
      const reverting = command.start(['--workload=reverted', `--image=${pinned(two)}`]);
      await reverting.said('its template to name');
      await apply({ name: 'reverted', image: two.reference, spec, container: probe });
      expect(await reverting.finished).toMatchObject({ exitCode: 0, outputs: { 'running-digests': two.digest } });
    },
    hangGuard,
  );

  test.concurrent(
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
      const { error } = await run('--workload=foreign', `--image=${image}@${digest}`);
      expect(error).toMatchObject({ code: 'IMAGE_PLATFORM_MISSING', expected: expect.stringContaining('linux/amd64') });
    },
    hangGuard,
  );

  test.concurrent(
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
      await apply({ name: 'turned', image: `${repository}:turned`, container: probe });
      const same = await run('--workload=turned', `--image=${repository}:turned`);
      expect(same).toMatchObject({ exitCode: 0, outputs: { digest } });
      // The node had the image by the other index, and containerd tells whichever it lists first.
      expect([digest, one.digest]).toContain(same.outputs['running-digests']);

      const reference = { ...parseReference(one.reference), tag: 'moving' };
      const move = async ({ reference: source }: World['one']): Promise<void> => {
        const { mediaType, bytes } = await registry.getManifest(parseReference(source));
        await registry.putManifest({ reference, mediaType, bytes, tries: 'repeated' });
      };
      await move(one);
      await apply({ name: 'moved', image: `${repository}:moving`, container: probe });
      expect(await run('--workload=moved', `--image=${repository}:moving`)).toMatchObject({ exitCode: 0 });
      await move(two);
      await registry.close();
      const { error } = await run('--workload=moved', `--image=${repository}:moving`);
      expect(error).toMatchObject({ code: 'IMAGE_NOT_RUNNING', found: one.digest });
    },
    hangGuard,
  );

  test.concurrent(
    'a workload that is made anew under its name is followed anew, and one that goes back to another image fails',
    async () => {
      const { one, two, cluster, command } = world;
      await apply({ name: 'anew', image: two.reference, container: failingProbe });
      const waiting = command.start(['--workload=anew', `--image=${pinned(two)}`]);
      await waiting.said('1 of 1 new pods to be available');
      await cluster.api.remove({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'anew', namespace: 'default' } });
      await waiting.said('it to be created');
      const labels = { app: 'anew', made: 'again' };
      const again = workload({ name: 'anew', image: two.reference, container: failingProbe });
      await cluster.api.apply(again.replaceAll('{"app":"anew"}', JSON.stringify(labels)));
      await apply({ name: 'back', image: two.reference, container: failingProbe });
      const back = command.start(['--workload=back', `--image=${pinned(two)}`]);
      await back.said('1 of 1 new pods to be available');
      await apply({ name: 'back', image: one.reference });
      const { error } = await back.finished;
      expect(error).toMatchObject({ code: 'ROLLOUT_REPLACED', found: one.reference });
      const healed = workload({ name: 'anew', image: two.reference, container: probe });
      await cluster.api.apply(healed.replaceAll('{"app":"anew"}', JSON.stringify(labels)));
      expect(await waiting.finished).toMatchObject({ exitCode: 0 });
    },
    hangGuard,
  );

  test(
    'a wait outlives the API server and the controllers that are killed, and counts no time without them; a cancel ends it within a second',
    async () => {
      const { one, two, cluster, command } = world;
      await apply({ name: 'killed', image: `${one.reference}-missing` });
      const tolerant = ['--container=ui', '--tolerate=image-pull=7s'];
      const waiting = command.start(['--workload=killed', `--image=${one.reference}-missing@${two.digest}`, ...tolerant]);
      await waiting.said('cannot be pulled');
      await cluster.kill();
      await cluster.controllerManager.kill();
      await sleep(7000);
      await cluster.restart();
      await apply({ name: 'killed', image: `${two.reference}@${two.digest}`, container: probe });
      await waiting.said('its controller to see the change');
      await cluster.controllerManager.start();
      expect(await waiting.finished).toMatchObject({ exitCode: 0, outputs: { 'running-digests': two.digest } });
      const cancelled = command.start(['--workload=nowhere', `--image=${pinned(two)}`]);
      await cancelled.said('it to be created');
      const sent = performance.now();
      cancelled.interrupt();
      expect(await cancelled.finished).toMatchObject({ exitCode: 130, error: { code: 'CANCELLED' } });
      expect(performance.now() - sent).toBeLessThan(tenfoldSecond);
      expect(await command.leftovers()).toEqual([]);
    },
    hangGuard,
  );
});
