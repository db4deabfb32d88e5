import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect, type Server as NetServer } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Authority, createAuthority } from '@eks-gitops/testbed';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Attempt } from './answer.ts';
import { probe } from './probe.ts';

type Server = NetServer & { readonly closeAllConnections: () => void };

const servers: Server[] = [];
const portOf = (server: Server): number => (server.address() as AddressInfo).port;

async function listen(server: Server): Promise<Server> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** What the proxy was asked, with the credentials that came with it. */
let asked: (string | undefined)[] = [];
let page: Server;
let securePage: Server;
let proxy: Server;
let authority: Authority;

/** Passes on to the pages of this test, whatever host is meant; refuses hosts that are called `forbidden`. */
function startProxy(): Promise<Server> {
  const server = createServer(({ url, headers }, response) => {
    asked.push(`GET ${url}`, headers['proxy-authorization']);
    response.end(`forwarded for ${headers.host}`);
  });
  server.on('connect', ({ url = '', headers }: IncomingMessage, socket: Duplex) => {
    asked.push(`CONNECT ${url}`, headers['proxy-authorization']);
    if (url.startsWith('forbidden')) {
      socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    const upstream = connect(portOf(url.endsWith(':443') ? securePage : page), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.once('error', () => socket.destroy());
    socket.once('error', () => upstream.destroy());
  });
  return listen(server);
}

beforeAll(async () => {
  authority = await createAuthority();
  const { certificate: cert, key } = await authority.issue(['shop.example']);
  page = await listen(createServer(({ headers }, response) => response.end(`page of ${headers.host}`)));
  securePage = await listen(createSecureServer({ cert, key }, (_, response) => response.end('secure page')));
  proxy = await startProxy();
});
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});
beforeEach(() => {
  asked = [];
});

function ask(url: string, { host = new URL(url).host, credentials = '' } = {}): Promise<Attempt> {
  const route = { kind: 'proxy', proxy: new URL(`http://${credentials}127.0.0.1:${portOf(proxy)}`) } as const;
  return probe({ url: new URL(url), host }, { route, ca: authority.certificate, signal: new AbortController().signal });
}

describe('through a proxy', () => {
  test('a page without TLS is asked for by its URL', async () => {
    const attempt = await ask('http://shop.example/home?x=1', { credentials: 'me:p%40ss@' });
    expect(attempt).toMatchObject({ kind: 'answer', answer: { body: 'forwarded for shop.example' } });
    const pair = Buffer.from('me:p@ss').toString('base64');
    expect(asked).toEqual(['GET http://shop.example/home?x=1', `Basic ${pair}`]);
  });

  test('a page of another host than the URL names is asked for in a tunnel', async () => {
    const attempt = await ask('http://lb.example:8080/', { host: 'shop.example' });
    expect(attempt).toMatchObject({ kind: 'answer', answer: { body: 'page of shop.example' } });
    expect(asked).toEqual(['CONNECT lb.example:8080', undefined]);
  });

  test('TLS is spoken with the page, not with the proxy', async () => {
    expect(await ask('https://shop.example/')).toMatchObject({ kind: 'answer', answer: { body: 'secure page' } });
    expect(await ask('https://lb.example/')).toMatchObject({ stage: 'tls', code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    expect(asked.filter(Boolean)).toEqual(['CONNECT shop.example:443', 'CONNECT lb.example:443']);
  });

  test('what the proxy refuses is told in its words', async () => {
    const words = `the proxy 127.0.0.1:${portOf(proxy)} answers 403 Forbidden for forbidden.example:443`;
    expect(await ask('https://forbidden.example/')).toEqual({ kind: 'fault', stage: 'connection', code: 'PROXY_REFUSED', words });
  });
});
