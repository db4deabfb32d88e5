import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer as createRawServer, type Socket } from 'node:net';
import { type Authority, createAuthority } from '@eks-gitops/testbed';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { probe } from './probe.ts';

const { signal } = new AbortController();
const running: { close: () => void; closeAllConnections?: () => void }[] = [];
afterAll(() => {
  for (const server of running) {
    server.closeAllConnections?.();
    server.close();
  }
});

async function start(server: Server): Promise<number> {
  running.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function ask(url: string, { host = new URL(url).host, ca }: { host?: string; ca?: string } = {}) {
  return probe({ url: new URL(url), host }, { route: { kind: 'direct', address: '127.0.0.1' }, ca, signal });
}

describe('over plain HTTP', () => {
  test('a probe asks for the path and the host, on a new connection each time', async () => {
    const sockets = new Set<Socket>();
    const page: RequestListener = ({ url, headers, socket }, response) => {
      sockets.add(socket);
      response.setHeader('set-cookie', ['a=1', 'b=2']).writeHead(404).end(`${url} of ${headers.host}`);
    };
    const port = await start(createServer(page));
    const asked = () => ask(`http://a.example:${port}/home?x=1`, { host: 'shop.example' });
    expect(await asked()).toMatchObject({
      kind: 'answer',
      answer: { status: 404, body: '/home?x=1 of shop.example', headers: { 'set-cookie': ['a=1', 'b=2'] } },
    });
    await asked();
    expect(sockets.size).toBe(2);
  });

  test('a page is read by its character set, and no further than its first mebibyte', async () => {
    const port = await start(
      createServer((_, response) => {
        response.setHeader('content-type', 'text/html; charset=ISO-8859-1');
        response.end(Buffer.concat([Buffer.from('caf\xe9', 'latin1'), Buffer.alloc(3_000_000, 'x')]));
      }),
    );
    const attempt = await ask(`http://a.example:${port}/`);
    expect(attempt.kind === 'answer' && attempt.answer.body.slice(0, 5)).toBe('caféx');
    expect(attempt.kind === 'answer' && attempt.answer.body.length).toBe(1_048_576);
  });

  test('a closed port and a connection that breaks are told apart', async () => {
    const raw = createRawServer(socket => socket.destroy()).listen(0, '127.0.0.1');
    running.push(raw);
    await once(raw, 'listening');
    const port = (raw.address() as AddressInfo).port;
    expect(await ask(`http://a.example:${port}/`)).toMatchObject({ kind: 'fault', stage: 'status', code: 'ECONNRESET' });
    raw.close();
    await once(raw, 'close');
    expect(await ask(`http://a.example:${port}/`)).toMatchObject({ kind: 'fault', stage: 'connection', code: 'ECONNREFUSED' });
  });

  test('a cancel ends a probe that waits for its answer', async () => {
    const cancel = new AbortController();
    const port = await start(createServer(() => cancel.abort(new Error('enough'))));
    const asking = probe(
      { url: new URL(`http://a.example:${port}/`), host: 'a' },
      { route: { kind: 'direct', address: '127.0.0.1' }, signal: cancel.signal },
    );
    await expect(asking).rejects.toThrow('enough');
  });
});

describe('over TLS', () => {
  let authority: Authority;
  let port: number;
  beforeAll(async () => {
    authority = await createAuthority();
    const { certificate: cert, key } = await authority.issue(['shop.example', '127.0.0.1']);
    port = await start(createSecureServer({ cert, key }, (_, response) => response.end('page')));
  });

  test.each([
    ['the name of the certificate', 'shop.example'],
    ['its name with a port', 'shop.example:8443'],
    ['its address', '127.0.0.1'],
  ])('%s is trusted with the authority', async (_, host) => {
    const attempt = await ask(`https://a.example:${port}/`, { host, ca: authority.certificate });
    expect(attempt).toMatchObject({ kind: 'answer', answer: { status: 200, body: 'page' } });
  });

  test('another name, another authority, and plain HTTP are faults of TLS', async () => {
    const other = ask(`https://a.example:${port}/`, { ca: authority.certificate });
    expect(await other).toMatchObject({ kind: 'fault', stage: 'tls', code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    const unknown = ask(`https://shop.example:${port}/`);
    expect(await unknown).toMatchObject({ kind: 'fault', stage: 'tls', code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
    const plain = await start(createServer((_, response) => response.end('page')));
    expect(await ask(`https://shop.example:${plain}/`)).toMatchObject({ kind: 'fault', stage: 'tls' });
  });
});
