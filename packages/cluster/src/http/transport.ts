import { isDeepStrictEqual } from 'node:util';
import type { Dispatcher } from 'undici';
import type { ClientCertificate, Credentials } from './credentials.ts';

/** How a server is reached and recognised. */
export interface ServerAccess {
  /** With the path that the API is served below, when there is one. */
  readonly url: URL;
  /** PEM certificates of the authorities that are trusted; without them, Node's own. */
  readonly authorities?: string | undefined;
  /** The name that the server's certificate must have, when it is not the host's. */
  readonly serverName?: string | undefined;
  readonly skipVerification: boolean;
  readonly proxy?: string | undefined;
}

export interface HttpRequest {
  readonly method: 'GET' | 'PATCH';
  /** With the query, below the server's URL. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | undefined;
  readonly credentials: Credentials;
  /** Milliseconds without a byte of the body after which the connection counts as dead. */
  readonly silence: number;
  readonly signal: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** To be read or dumped by the receiver, else its connection stays taken. */
  readonly body: Dispatcher.ResponseData['body'];
}

export interface Transport {
  readonly send: (request: HttpRequest) => Promise<HttpResponse>;
  /** Ends every connection and whatever waits for one. */
  readonly close: () => Promise<void>;
}

/** HTTP/1.1 over kept-alive connections. Time-outs: 10 s to connect, 60 s for headers. Redirects are not followed: an API server sends none. */
export function openTransport(server: ServerAccess): Transport {
  const opened: { readonly certificate: ClientCertificate | undefined; readonly dispatcher: Promise<Dispatcher> }[] = [];
  const dispatcherFor = (certificate: ClientCertificate | undefined): Promise<Dispatcher> => {
    const known = opened.find(entry => isDeepStrictEqual(entry.certificate, certificate));
    if (known) return known.dispatcher;
    const dispatcher = openDispatcher(server, certificate);
    opened.push({ certificate, dispatcher });
    return dispatcher;
  };
  const send = async ({ method, path, headers, body, credentials, silence, signal }: HttpRequest): Promise<HttpResponse> => {
    const dispatcher = await dispatcherFor(credentials.certificate);
    const { authorization } = credentials;
    const response = await dispatcher.request({
      origin: server.url.origin,
      path: `${server.url.pathname.replace(/\/$/, '')}${path}`,
      method,
      headers: flatHeaders({ ...headers, ...(authorization === undefined ? {} : { authorization }) }),
      body: body ?? null,
      bodyTimeout: silence,
      signal,
    });
    return { status: response.statusCode, headers: response.headers, body: response.body };
  };
  const close = async (): Promise<void> => {
    await Promise.all(opened.map(async ({ dispatcher }) => (await dispatcher).destroy()));
  };
  return { send, close };
}

async function openDispatcher(server: ServerAccess, certificate: ClientCertificate | undefined): Promise<Dispatcher> {
  const { Agent, ProxyAgent } = await import('undici');
  const tls = {
    ...(server.authorities === undefined ? {} : { ca: server.authorities }),
    ...(certificate === undefined ? {} : { cert: certificate.certificate, key: certificate.key }),
    ...(server.serverName === undefined ? {} : { servername: server.serverName }),
    rejectUnauthorized: !server.skipVerification,
    timeout: 10_000,
  };
  const common = { headersTimeout: 60_000, allowH2: false };
  return server.proxy === undefined
    ? new Agent({ ...common, connect: tls })
    : new ProxyAgent({ ...common, uri: server.proxy, requestTls: tls, connectTimeout: 10_000 });
}

/** Name, value, name, value…: one that has several values comes as often. */
function flatHeaders(headers: HttpRequest['headers']): string[] {
  return Object.entries(headers).flatMap(([name, values]) => [values].flat().flatMap(value => [name, value]));
}
