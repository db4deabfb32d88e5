import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import { formatRecord, parseRecord, type ReleaseRecord } from '@eks-gitops/action';
import {
  type CommandWorld,
  type ControlPlane,
  createAuthority,
  findTool,
  formatBinding,
  makeCommandWorld,
  readRoles,
  rightsOf,
  startControlPlane,
} from '@eks-gitops/testbed';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const clusterTest = await testNeeding('etcd', 'kube-apiserver');
const hangGuard = 120_000;
/** Milliseconds in which a cancelled wait has to be over: ten times what it may take, since the machine has others to run too. */
const tenfoldSecond = 10_000;
const record: ReleaseRecord = {
  schema: 1,
  image: 'registry.example/shop/ui',
  revision: `ac8730e8${'0'.repeat(32)}`,
  commitTime: '2026-11-23T10:17:30Z',
  builds: [],
};

let command: CommandWorld;
beforeAll(async () => {
  command = await makeCommandWorld('wait-ingress');
});
afterAll(() => command.remove());

async function withServer<T>(
  server: Server & { closeAllConnections: () => void },
  work: (port: number) => Promise<T>,
): Promise<T> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await work((server.address() as AddressInfo).port);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe('a URL alone', () => {
  test('is waited for over TLS without a cluster, and stands in the record', async () => {
    const authority = await createAuthority();
    await writeFile(join(command.root, 'ca.pem'), authority.certificate);
    const { certificate: cert, key } = await authority.issue(['shop.example']);
    const server = createSecureServer({ cert, key }, ({ url, headers }, response) => response.end(`${url} of ${headers.host}`));
    await withServer(server, async port => {
      const url = `https://127.0.0.1:${port}`;
      const wanted = ['--path=/home', '--host-header=shop.example', '--expect-body=/^\\/home of shop/', '--ca=ca.pem'];
      const { exitCode, outputs } = await command.run([`--url=${url}`, ...wanted], { INPUT_RECORD: formatRecord(record) });
      expect({ exitCode, ...outputs }).toMatchObject({ exitCode: 0, hostname: '127.0.0.1', url: `${url}/home` });
      expect(outputs['seconds']).toMatch(/^connection=[\d.]+\ntls=[\d.]+\nstatus=[\d.]+\nbody=[\d.]+\nconsecutive=[\d.]+$/);
      expect(parseRecord(outputs['record'] ?? '')).toEqual({ ...record, url: `${url}/home` });
    });
  });

  test('that does not answer in time ends with the stage and exit code 3', async () => {
    await withServer(
      createServer((_, response) => response.writeHead(503).end()),
      async port => {
        const { exitCode, error } = await command.run([`--url=http://127.0.0.1:${port}`, '--timeout=1s']);
        expect({ exitCode, ...error }).toMatchObject({ exitCode: 3, code: 'TIMED_OUT', found: '503 Service Unavailable' });
        expect(error['message']).toContain('(stage status)');
      },
    );
  });

  test('that is waited for is given up within a second of a signal, and nothing is left', async () => {
    await withServer(
      createServer((_, response) => response.writeHead(503).end()),
      async port => {
        const waiting = command.start([`--url=http://127.0.0.1:${port}`]);
        await waiting.said('503');
        const sent = performance.now();
        waiting.interrupt('SIGTERM');
        expect((await waiting.finished).exitCode).toBe(130);
        expect(performance.now() - sent).toBeLessThan(tenfoldSecond);
        expect(await command.leftovers()).toEqual([]);
      },
    );
  });

  test.each([
    [[], 'INPUT_MISSING'],
    [['--url=https://shop.example', '--ca=nowhere.pem'], 'INPUT_INVALID'],
    [['--url=https://a:b@shop.example'], 'INPUT_INVALID'],
    [['--url=https://shop.example', '--expect-status=ok'], 'INPUT_INVALID'],
  ])('%j is refused with %s', async (args, code) => {
    expect(await command.run(args)).toMatchObject({ exitCode: 2, error: { code } });
  });
});

describe('an Ingress', () => {
  let plane: ControlPlane;
  beforeAll(async () => {
    if ((await findTool('kube-apiserver')) && (await findTool('etcd'))) plane = await startControlPlane();
  }, hangGuard);
  afterAll(async () => {
    await plane?.stop();
  });

  const named = (name: string) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, namespace: 'default' },
  });
  const apply = async (
    name: string,
    port: number,
    addresses: readonly ({ ip: string } | { hostname: string })[],
  ): Promise<void> => {
    const { metadata, ...kind } = named(name);
    const annotations = { 'alb.ingress.kubernetes.io/listen-ports': JSON.stringify([{ HTTP: port }]) };
    const spec = { ingressClassName: 'alb', defaultBackend: { service: { name: 'ui', port: { number: 80 } } } };
    await plane.api.apply(JSON.stringify({ ...kind, metadata: { ...metadata, annotations }, spec }));
    if (addresses.length > 0) await plane.api.patchStatus(named(name), { loadBalancer: { ingress: addresses } });
  };
  const kubeconfig = (): string => `--kubeconfig=${plane.kubeconfig}`;

  clusterTest(
    'is waited for under its address',
    async () => {
      const page = createServer((_, response) => response.setHeader('x-version', 'two').end('page'));
      await withServer(page, async port => {
        await apply('ui', port, [{ ip: '127.0.0.1' }]);
        const { exitCode, outputs } = await command.run(['--ingress=ui', '--expect-header=X-Version: two', kubeconfig()]);
        const url = `http://127.0.0.1:${port}/`;
        expect({ exitCode, ...outputs }).toMatchObject({ exitCode: 0, hostname: '127.0.0.1', url, record: '' });
      });
    },
    hangGuard,
  );

  clusterTest(
    'with several addresses is asked at each',
    async () => {
      const asked = new Set<string | undefined>();
      const page = createServer(({ headers }, response) => {
        asked.add(headers.host?.split(':')[0]);
        response.end('page');
      });
      await withServer(page, async port => {
        await apply('several', port, [{ ip: '127.0.0.1' }, { hostname: 'localhost' }]);
        const { exitCode, outputs } = await command.run(['--ingress=several', '--consecutive=2', kubeconfig()]);
        expect({ exitCode, hostname: outputs['hostname'] }).toEqual({ exitCode: 0, hostname: '127.0.0.1' });
        expect([...asked].sort()).toEqual(['127.0.0.1', 'localhost']);
      });
    },
    hangGuard,
  );

  clusterTest(
    'that is deleted meanwhile is waited for until it is made anew',
    async () => {
      await withServer(
        createServer((_, response) => response.end('page')),
        async port => {
          await apply('gone', port, []);
          const waiting = command.start(['--ingress=gone', kubeconfig()]);
          await waiting.said('has given it no address');
          await plane.api.remove(named('gone'));
          await waiting.said('there is no such Ingress');
          await apply('gone', port, [{ ip: '127.0.0.1' }]);
          expect((await waiting.finished).exitCode).toBe(0);
          const cancelled = command.start(['--ingress=nowhere', kubeconfig()]);
          await cancelled.said('there is no such Ingress');
          cancelled.interrupt();
          expect(await cancelled.finished).toMatchObject({ exitCode: 130, error: { code: 'CANCELLED' } });
          expect(await command.leftovers()).toEqual([]);
        },
      );
    },
    hangGuard,
  );

  clusterTest(
    'takes the rights that the README names, and each that is missing is named with the rule',
    async () => {
      const roles = readRoles(await readFile(new URL('../README.md', import.meta.url), 'utf8'));
      const [needed] = roles;
      const needs = needed === undefined ? [] : rightsOf(needed);
      const namespace = 'default';
      await plane.api.apply(
        [
          formatBinding({ group: 'all', namespace, roles }),
          formatBinding({ group: 'needed', namespace, roles: roles.slice(0, 1) }),
          ...needs.map((without, at) => formatBinding({ group: `less-${at}`, namespace, roles: roles.slice(0, 1), without })),
        ].join('\n---\n'),
      );
      const config = JSON.parse(await readFile(plane.kubeconfig, 'utf8'));
      const as = (group: string, ...args: string[]) => {
        const users = [{ ...config.users[0], user: { ...config.users[0].user, as: 'ci', 'as-groups': [group] } }];
        return command.run([`--kubeconfig=${JSON.stringify({ ...config, users })}`, ...args]);
      };
      await withServer(
        createServer((_, response) => response.end('page')),
        async port => {
          await apply('rights', port, [{ ip: '127.0.0.1' }]);
          const [all, some] = await Promise.all(['all', 'needed'].map(group => as(group, '--ingress=rights')));
          expect(all).toMatchObject({ exitCode: 0, log: expect.not.stringContaining('cannot be shown') });
          expect(some).toMatchObject({ exitCode: 0, log: expect.stringContaining('cannot be shown') });
        },
      );
      const ends = await Promise.all(
        needs.map(async ({ verb }, at) => {
          const { error } = await as(`less-${at}`, '--ingress=none', '--timeout=60s');
          const isTold =
            error['code'] === 'CLUSTER_DENIED' &&
            error['message']?.includes(`ci may not ${verb} ingresses.networking.k8s.io`) &&
            error['remedy']?.includes(`{"apiGroups": ["networking.k8s.io"], "resources": ["ingresses"], "verbs": ["${verb}"`);
          return isTold ? { verb } : { verb, error };
        }),
      );
      expect(ends).toEqual(needs.map(({ verb }) => ({ verb })));
    },
    hangGuard,
  );
});
