import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { formatRecord, parseRecord, type ReleaseRecord } from '@eks-gitops/action';
import { createAuthority, startControlPlane } from '@eks-gitops/testbed';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';

const clusterTest = await testNeeding('etcd', 'kube-apiserver');
const command = join(import.meta.dirname, '../../../packages/cli/src/bin.ts');
const record: ReleaseRecord = {
  schema: 1,
  image: 'registry.example/shop/ui',
  revision: `ac8730e8${'0'.repeat(32)}`,
  commitTime: '2026-11-23T10:17:30Z',
  builds: [],
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wait-ingress-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The command as a user runs it, in a folder of its own, with no cluster around. */
function start(args: readonly string[], more: Readonly<Record<string, string>> = {}) {
  const env = { PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter), HOME: folder, TMPDIR: folder, ...more };
  const options = { cwd: folder, env, extendEnv: false, reject: false, stdin: 'ignore' } as const;
  return execa(process.execPath, [command, 'wait-ingress', '--json', ...args], options);
}

async function run(args: readonly string[], more: Readonly<Record<string, string>> = {}) {
  const { stdout, stderr, exitCode } = await start(args, more);
  return { exitCode, log: stderr, ...JSON.parse(stdout || '{}') };
}

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
    await writeFile(join(folder, 'ca.pem'), authority.certificate);
    const { certificate: cert, key } = await authority.issue(['shop.example']);
    const server = createSecureServer({ cert, key }, ({ url, headers }, response) => response.end(`${url} of ${headers.host}`));
    await withServer(server, async port => {
      const url = `https://127.0.0.1:${port}`;
      const wanted = ['--path=/home', '--host-header=shop.example', '--expect-body=/^\\/home of shop/', '--ca=ca.pem'];
      const { exitCode, outputs } = await run([`--url=${url}`, ...wanted], { INPUT_RECORD: formatRecord(record) });
      expect({ exitCode, ...outputs }).toMatchObject({ exitCode: 0, hostname: '127.0.0.1', url: `${url}/home` });
      expect(outputs.seconds).toMatch(/^connection=[\d.]+\ntls=[\d.]+\nstatus=[\d.]+\nbody=[\d.]+\nconsecutive=[\d.]+$/);
      expect(parseRecord(outputs.record)).toEqual({ ...record, url: `${url}/home` });
    });
  });

  test('that does not answer in time ends with the stage and exit code 3', async () => {
    await withServer(
      createServer((_, response) => response.writeHead(503).end()),
      async port => {
        const { exitCode, error } = await run([`--url=http://127.0.0.1:${port}`, '--timeout=1s']);
        expect({ exitCode, ...error }).toMatchObject({ exitCode: 3, code: 'TIMED_OUT', found: '503 Service Unavailable' });
        expect(error.message).toContain('(stage status)');
      },
    );
  });

  test('that is waited for is given up with a signal', async () => {
    await withServer(
      createServer((_, response) => response.writeHead(503).end()),
      async port => {
        const waiting = start([`--url=http://127.0.0.1:${port}`]);
        for await (const line of waiting.iterable({ from: 'stderr' })) if (String(line).includes('503')) waiting.kill('SIGTERM');
        expect((await waiting).exitCode).toBe(130);
      },
    );
  });

  test.each([
    [[], 'INPUT_MISSING'],
    [['--url=https://shop.example', '--ca=nowhere.pem'], 'INPUT_INVALID'],
    [['--url=https://a:b@shop.example'], 'INPUT_INVALID'],
    [['--url=https://shop.example', '--expect-status=ok'], 'INPUT_INVALID'],
  ])('%j is refused with %s', async (args, code) => {
    expect(await run(args)).toMatchObject({ exitCode: 2, error: { code } });
  });
});

clusterTest(
  'an Ingress is waited for under its address',
  async () => {
    const plane = await startControlPlane();
    const metadata = { name: 'ui', namespace: 'default' };
    const ingress = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata };
    await withServer(
      createServer((_, response) => response.end('page')),
      async port => {
        const annotations = { 'alb.ingress.kubernetes.io/listen-ports': JSON.stringify([{ HTTP: port }]) };
        const spec = { ingressClassName: 'alb', defaultBackend: { service: { name: 'ui', port: { number: 80 } } } };
        await plane.api.apply(JSON.stringify({ ...ingress, metadata: { ...metadata, annotations }, spec }));
        await plane.api.patchStatus(ingress, { loadBalancer: { ingress: [{ ip: '127.0.0.1' }] } });
        const { exitCode, outputs } = await run(['--ingress=ui', `--kubeconfig=${plane.kubeconfig}`]);
        expect({ exitCode, ...outputs }).toMatchObject({
          exitCode: 0,
          hostname: '127.0.0.1',
          url: `http://127.0.0.1:${port}/`,
          record: '',
        });
      },
    );
    await plane.stop();
  },
  240_000,
);
