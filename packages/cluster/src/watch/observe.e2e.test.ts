import { setTimeout as sleep } from 'node:timers/promises';
import { type ControlPlane, startControlPlane } from '@eks-gitops/testbed';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { describe, expect } from '@jest/globals';
import { z } from 'zod';
import type { Cluster, Observation } from '../cluster.ts';
import { type Opened, openWatched, type Relay, readAccess, startRelay, writeKubeconfig } from '../e2e-world.ts';

const test = await testNeeding('etcd', 'kube-apiserver');

const counter = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'counter' };
const counted = z.object({ data: z.object({ n: z.string() }) });

describe('a watch', () => {
  test('loses nothing and gives nothing twice while its connections are cut', async () => {
    await withPlane({}, async ({ plane, relay, watched }) => {
      const seen = collect(watched.cluster);
      await seen.until(1);
      for (let n = 1; n <= 30; n += 1) {
        await plane.api.patch(named(counter), { data: { n: String(n) } });
        if (n % 3 === 0) relay.cut();
        await sleep(20);
      }
      await seen.until(31);
      expect(seen.words()).toEqual(['state 0', ...Array.from({ length: 30 }, (_, index) => `changed ${index + 1}`)]);
      expect(seen.objects()).toBe(31);
    });
  }, 240_000);

  test('of changes alone tells nothing of what was there before', async () => {
    await withPlane({}, async ({ plane, relay, watched }) => {
      const opened: boolean[] = [];
      const options = { changesOnly: true, onContact: (inContact: boolean) => void opened.push(inContact) };
      const { name, ...all } = counter;
      const seen = watched.cluster.observe({ ...all, fieldSelector: `metadata.name=${name}` }, options)[Symbol.asyncIterator]();
      const first = seen.next();
      while (!opened.includes(true)) await sleep(20);
      await plane.api.patch(named(counter), { data: { n: '1' } });
      expect(await first).toMatchObject({ value: { type: 'changed', object: { data: { n: '1' } } } });
      relay.cut();
      await plane.api.patch(named(counter), { data: { n: '2' } });
      expect(await seen.next()).toMatchObject({ value: { type: 'changed', object: { data: { n: '2' } } } });
      await seen.return?.();
    });
  }, 240_000);

  test('goes on when the API server was killed and is back, and does not hurry while it is away', async () => {
    await withPlane({}, async ({ plane, relay, watched }) => {
      const seen = collect(watched.cluster);
      await seen.until(1);
      relay.count();
      await plane.kill();
      await sleep(7_000);
      // Pauses of 0, 250, 500, 1000, 2000, 4000 ms at least: more in this time would be hurry.
      expect(relay.count()).toBeLessThanOrEqual(7);
      const patched = watched.cluster.patch(counter, { data: { n: '1' } });
      await plane.restart();
      expect(await patched).toMatchObject({ data: { n: '1' } });
      await seen.untilWord(/ 1$/);
      // A server that has just started may hold no version as old as ours: then the state is told anew.
      expect(seen.words().join(', ')).toMatch(/^state 0(, state 0)*, (changed|state) 1$/);
      expect(watched.notices).toEqual([
        expect.stringMatching(/^The Kubernetes API server https:\S+ has been failing for \d+ s \(.+\); still trying\.$/),
        expect.stringMatching(/answers again, after \d+ s\.$/),
      ]);
    });
  }, 240_000);

  test('tells the whole state anew when its version is compacted away', async () => {
    await withPlane({ args: ['--watch-cache=false', '--etcd-compaction-interval=1s'] }, async ({ plane, relay, watched }) => {
      const seen = collect(watched.cluster);
      await seen.until(1);
      relay.shut();
      for (let n = 1; n <= 12; n += 1) {
        await plane.api.patch(named(counter), { data: { n: String(n) } });
        await sleep(500);
      }
      relay.open();
      await seen.until(2);
      expect(seen.words()).toEqual(['state 0', 'state 12']);
      await plane.api.patch(named(counter), { data: { n: '13' } });
      await seen.until(3);
      expect(seen.words().at(-1)).toBe('changed 13');
    });
  }, 240_000);

  test('of one object hears of no other, and of its end', async () => {
    await withPlane({}, async ({ plane, watched }) => {
      const seen = collect(watched.cluster);
      await seen.until(1);
      await plane.api.apply('{apiVersion: v1, kind: ConfigMap, metadata: {name: other, namespace: default}, data: {n: "7"}}');
      await remove(plane);
      await seen.until(2);
      expect(seen.words()).toEqual(['state 0', 'deleted 0']);
    });
  }, 240_000);

  test('ends at once: by the signal, by its own, by breaking off, by closing; also while the server is away', async () => {
    await withPlane({}, async ({ relay, watched }) => {
      const { cluster, stop } = watched;
      const own = new AbortController();
      const [first, second] = [0, 1].map(() => cluster.observe(counter, { signal: own.signal })[Symbol.asyncIterator]());
      await first?.next();
      await second?.next();
      const pending = first?.next();
      own.abort(new Error('enough'));
      await expect(pending).rejects.toThrow('enough');
      const broken = cluster.observe(counter)[Symbol.asyncIterator]();
      await broken.next();
      const unanswered = expect(broken.next()).rejects.toThrow('aborted');
      await broken.return?.();
      await unanswered;
      const last = cluster.observe(counter)[Symbol.asyncIterator]();
      await last.next();
      relay.shut();
      await sleep(2_000);
      const waiting = last.next();
      const reading = cluster.get(counter);
      const began = performance.now();
      stop.abort(new Error('cancelled'));
      await expect(waiting).rejects.toThrow('cancelled');
      await expect(reading).rejects.toThrow('cancelled');
      expect(performance.now() - began).toBeLessThan(10_000);
    });
  }, 240_000);
});

interface World {
  readonly plane: ControlPlane;
  /** Between the watched cluster and the API server. */
  readonly relay: Relay;
  readonly watched: Opened;
}

async function withPlane(options: { args?: readonly string[] }, work: (world: World) => Promise<void>): Promise<void> {
  const plane = await startControlPlane(options);
  const access = await readAccess(plane);
  const relay = await startRelay(Number(new URL(access.server).port));
  const content = writeKubeconfig({ ...access, server: `https://127.0.0.1:${relay.port}`, user: { token: access.token } });
  const watched = await openWatched({ kind: 'kubeconfig', content, allowExec: false });
  try {
    await plane.api.apply('{apiVersion: v1, kind: ConfigMap, metadata: {name: counter, namespace: default}, data: {n: "0"}}');
    await work({ plane, relay, watched });
  } finally {
    await watched.cluster.close();
    await relay.stop();
    await plane.stop();
  }
}

function named({ apiVersion, kind, namespace, name }: typeof counter) {
  return { apiVersion, kind, metadata: { namespace, name } };
}

async function remove(plane: ControlPlane): Promise<void> {
  const { server, token, authority } = await readAccess(plane);
  const { Agent, request } = await import('undici');
  const dispatcher = new Agent({ connect: { ca: Buffer.from(authority, 'base64') } });
  const url = new URL('/api/v1/namespaces/default/configmaps/counter', server);
  const { body } = await request(url, { method: 'DELETE', headers: { authorization: `Bearer ${token}` }, dispatcher });
  await body.dump();
  await dispatcher.close();
}

interface Collected {
  /** What was told, in order: its type and the counter then. */
  readonly words: () => string[];
  readonly objects: () => number;
  readonly until: (count: number) => Promise<void>;
  readonly untilWord: (pattern: RegExp) => Promise<void>;
}

/** Observes the counter and keeps what is told of it. */
function collect(cluster: Cluster): Collected {
  const told: Observation[] = [];
  let ended: unknown;
  const watching = async (): Promise<void> => {
    for await (const observation of cluster.observe(counter)) told.push(observation);
  };
  watching().catch(error => {
    ended = error;
  });
  const objectsOf = (one: Observation): readonly unknown[] => (one.type === 'state' ? one.objects : [one.object]);
  const words = (): string[] => told.map(one => `${one.type} ${objectsOf(one).map(object => counted.parse(object).data.n)}`);
  const until = async (isThere: () => boolean): Promise<void> => {
    while (!isThere()) {
      if (ended !== undefined) throw ended;
      await sleep(20);
    }
  };
  return {
    words,
    objects: () => told.flatMap(objectsOf).length,
    until: count => until(() => told.length >= count),
    untilWord: pattern => until(() => words().some(word => pattern.test(word))),
  };
}
