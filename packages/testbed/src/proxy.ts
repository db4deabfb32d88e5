import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
  request as sendRequest,
} from 'node:http';
import { createServer as createTlsServer, request as sendTlsRequest } from 'node:https';
import { isIP } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { TLSSocket } from 'node:tls';
import type { KeyPair } from './certificates.ts';
import { closeServer, listen } from './listening.ts';

/** One request as it came over the wire; times are milliseconds of `performance.now()`. */
export interface RecordedRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Undefined while unanswered, and when the connection was broken. */
  readonly status: number | undefined;
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  /** Of the answer's body, as it was sent: compressed where it was. */
  readonly bytes: number;
}

/** What a hook does with a request instead of the target. */
export type Answer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  | { readonly kind: 'reset' };

export interface IncomingRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** How many requests of the same method and path came, this one included. */
  readonly count: number;
}

/** Decides over a request: answers it, or calls `forward` (and may do something after it), or returns undefined to let it through. */
export type RequestHook = (
  request: IncomingRequest,
  forward: () => Promise<void>,
) => Answer | undefined | Promise<Answer | undefined> | Promise<void>;

export interface ProxyOptions {
  /** Base URL of the server behind it. */
  readonly target: string;
  /** PEM certificate of the authority that a target with TLS is trusted by. */
  readonly authority?: string;
  readonly onRequest?: RequestHook;
  /** Serves TLS with this certificate. */
  readonly tls?: KeyPair;
  /** Where it listens; default 127.0.0.1 and any free port. */
  readonly address?: string;
  readonly port?: number;
}

export interface RecordingProxy {
  readonly host: string;
  readonly url: string;
  readonly requests: () => readonly RecordedRequest[];
  /** Forgets the requests recorded so far. */
  readonly clear: () => void;
  readonly stop: () => Promise<void>;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Starts an HTTP proxy on loopback that records every request and lets a test answer or break chosen ones. */
export async function startProxy({
  target,
  authority,
  onRequest,
  tls,
  address = '127.0.0.1',
  port = 0,
}: ProxyOptions): Promise<RecordingProxy> {
  const recorded: Mutable<RecordedRequest>[] = [];
  const counts = new Map<string, number>();

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = 'GET', url: path = '/', headers } = request;
    const count = (counts.get(`${method} ${path}`) ?? 0) + 1;
    counts.set(`${method} ${path}`, count);
    const record: Mutable<RecordedRequest> = {
      method,
      path,
      headers,
      status: undefined,
      startedAt: performance.now(),
      endedAt: undefined,
      bytes: 0,
    };
    recorded.push(record);
    response.once('close', () => {
      record.endedAt = performance.now();
      record.status = response.headersSent ? response.statusCode : undefined;
    });
    let forwarded: Promise<void> | undefined;
    const forward = (): Promise<void> => {
      const onBytes = (count: number): void => {
        record.bytes += count;
      };
      forwarded ??= passOn({ request, response, target, authority, onBytes });
      return forwarded;
    };
    const answer = await onRequest?.({ method, path, headers, count }, forward);
    if (forwarded === undefined && answer) reply({ request, response, answer });
    else await forward();
  };

  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    serve(request, response).catch(() => response.destroy());
  };
  const server = tls ? createTlsServer({ cert: tls.certificate, key: tls.key }, handle) : createServer(handle);
  const listening = await listen(server, { address, port });
  const host = `localhost:${listening.port}`;
  return {
    host,
    url: `${tls ? 'https' : 'http'}://${host}`,
    requests: () => recorded.map(record => ({ ...record })),
    clear: () => {
      recorded.length = 0;
      counts.clear();
    },
    stop: () => closeServer(server),
  };
}

function reply({ request, response, answer }: { request: IncomingMessage; response: ServerResponse; answer: Answer }): void {
  if (answer.kind === 'reset') {
    request.socket.resetAndDestroy();
    return;
  }
  request.resume();
  const body = request.method === 'HEAD' ? undefined : answer.body;
  response.writeHead(answer.status, answer.headers).end(body);
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly target: string;
  readonly authority: string | undefined;
  readonly onBytes: (count: number) => void;
}

/** The Host header goes through unchanged, and the scheme with it, so that the target's absolute Location headers lead back to the proxy. */
async function passOn({ request, response, target, authority, onBytes }: Exchange): Promise<void> {
  const url = new URL(request.url ?? '/', target);
  const headers = { 'x-forwarded-proto': request.socket instanceof TLSSocket ? 'https' : 'http', ...request.headers };
  const options = { method: request.method, headers, agent: false as const };
  // Else the name that is asked for by TLS would be that of the Host header.
  const tls = { ca: authority, servername: isIP(url.hostname) ? '' : url.hostname };
  const upstream = url.protocol === 'https:' ? sendTlsRequest(url, { ...options, ...tls }) : sendRequest(url, options);
  const answered = new Promise<IncomingMessage>((resolve, reject) => upstream.once('response', resolve).once('error', reject));
  const sent = pipeline(request, upstream).catch(() => undefined);
  response.once('close', () => upstream.destroy());
  const incoming = await answered;
  response.writeHead(incoming.statusCode ?? 502, incoming.rawHeaders);
  // A watch may tell nothing for long, and its client waits for the headers.
  response.flushHeaders();
  incoming.on('data', (chunk: Buffer) => onBytes(chunk.length));
  await pipeline(incoming, response);
  await sent;
}

/** The longest chain of requests of which each began after the one before had ended: how deep the round trips are. */
export function requestDepth(requests: readonly RecordedRequest[]): number {
  const ended = requests.flatMap(({ startedAt, endedAt }) => (endedAt === undefined ? [] : [{ startedAt, endedAt }]));
  let depth = 0;
  let free = Number.NEGATIVE_INFINITY;
  for (const { startedAt, endedAt } of ended.sort((a, b) => a.endedAt - b.endedAt)) {
    if (startedAt < free) continue;
    depth += 1;
    free = endedAt;
  }
  return depth;
}
