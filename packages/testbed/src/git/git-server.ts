import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { join } from 'node:path';
import type { KeyPair } from '../certificates.ts';
import { createFolder, lockFile, removeFolder } from '../folder.ts';
import { closeServer, listen } from '../listening.ts';
import { takeLock } from '../lock.ts';
import { type BareRepository, createBareRepository, type RepositoryFiles, type RepositoryOptions } from './bare-repository.ts';
import { askBackend, delay, withoutShallow } from './http-backend.ts';

/** One request as it came; sizes are bytes of the bodies. */
export interface GitRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** The service that it asks for: `git-upload-pack` reads, `git-receive-pack` writes. */
  readonly service: string | undefined;
  readonly authorization: string | undefined;
  /** How many requests of the same method and path came, this one included. */
  readonly count: number;
  /** Milliseconds of `performance.now()`. */
  readonly startedAt: number;
}

export interface ServedGitRequest extends GitRequest {
  /** Undefined when the connection was cut. */
  readonly status: number | undefined;
  readonly received: number;
  readonly sent: number;
}

/** What is done with a request instead of serving it; `cut` serves it and breaks the connection before a byte of the answer. */
export type GitFault =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  | { readonly kind: 'reset' }
  | { readonly kind: 'cut' }
  | { readonly kind: 'delay'; readonly milliseconds: number };

export type Login = { readonly username: string; readonly password: string } | { readonly bearer: string };

export interface GitServerOptions {
  /** Demands basic authentication, or a bearer token; a function judges a request by itself. */
  readonly login?: Login | ((request: GitRequest) => boolean);
  readonly tls?: KeyPair;
  /** Where it listens; default 127.0.0.1 and any free port. */
  readonly address?: string;
  readonly port?: number;
  /** Its host name, without a port in the URL when that is 443; default localhost. */
  readonly name?: string;
  /** False: clients cannot clone shallowly, as on old servers. */
  readonly allowShallow?: boolean;
  readonly onRequest?: (request: GitRequest) => GitFault | undefined | Promise<GitFault | undefined>;
}

export interface GitServer {
  /** `http://localhost:PORT`. */
  readonly url: string;
  /** Folder of the repositories. */
  readonly root: string;
  /** `name` is the path of its URL, for example `team/gitops.git`. */
  readonly createRepository: (
    name: string,
    files: RepositoryFiles,
    options?: RepositoryOptions,
  ) => Promise<BareRepository & { readonly url: string }>;
  readonly requests: () => readonly ServedGitRequest[];
  /** Forgets the requests recorded so far. */
  readonly clear: () => void;
  /** Breaks off every connection and refuses new ones, as the death of its process would; `restart` brings it back at its address. */
  readonly kill: () => Promise<void>;
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Starts a real `git http-backend` behind an HTTP server of this process, on loopback. */
export async function startGitServer(options: GitServerOptions = {}): Promise<GitServer> {
  const { tls, address = '127.0.0.1', port = 0, name: host = 'localhost' } = options;
  const root = await createFolder('git');
  const lock = await takeLock({ file: lockFile(root), shared: true, ifHeld: 'wait' });
  const served: ServedGitRequest[] = [];
  const counts = new Map<string, number>();
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const asked = describe(request, counts);
    serve({ request, response, asked, root, options })
      .then(outcome => served.push({ ...asked, ...outcome }))
      .catch(() => response.destroy());
  };
  const server = tls ? createTlsServer({ cert: tls.certificate, key: tls.key }, handle) : createServer(handle);
  const listening = await listen(server, { address, port });
  const url = new URL(`${tls ? 'https' : 'http'}://${host}:${listening.port}`).origin;
  return {
    url,
    root,
    createRepository: async (name, files, more) => ({
      ...(await createBareRepository(join(root, name), files, more)),
      url: `${url}/${name}`,
    }),
    requests: () => [...served],
    clear: () => {
      served.length = 0;
      counts.clear();
    },
    kill: () => closeServer(server),
    restart: async () => {
      await listen(server, { address, port: listening.port });
    },
    stop: async () => {
      await closeServer(server);
      await lock?.release();
      await removeFolder(root);
    },
  };
}

function describe({ method = 'GET', url: path = '/', headers }: IncomingMessage, counts: Map<string, number>): GitRequest {
  const count = (counts.get(`${method} ${path}`) ?? 0) + 1;
  counts.set(`${method} ${path}`, count);
  const service = /git-(?:upload|receive)-pack$/.exec(path)?.[0];
  return { method, path, service, authorization: headers.authorization, count, startedAt: performance.now() };
}

interface Serving {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly asked: GitRequest;
  readonly root: string;
  readonly options: GitServerOptions;
}

type Outcome = Pick<ServedGitRequest, 'status' | 'received' | 'sent'>;

async function serve({ request, response, asked, root, options }: Serving): Promise<Outcome> {
  const { allowShallow = true, login } = options;
  const fault = await options.onRequest?.(asked);
  if (fault?.kind === 'answer') return reply({ request, response, ...fault });
  if (fault?.kind === 'reset') {
    request.socket.resetAndDestroy();
    return { status: undefined, received: 0, sent: 0 };
  }
  if (!isAllowed(asked, login)) {
    return reply({ request, response, status: 401, headers: { 'www-authenticate': 'Basic realm="testbed"' } });
  }
  if (fault?.kind === 'delay') await delay(request, fault.milliseconds);
  if (request.socket.destroyed) return { status: undefined, received: 0, sent: 0 };
  const answer = await askBackend({ request, root, user: 'tester', oldProtocol: !allowShallow });
  if (fault?.kind === 'cut') {
    request.socket.resetAndDestroy();
    return { status: undefined, received: answer.received, sent: 0 };
  }
  const { status, headers, body } = allowShallow ? answer : withoutShallow(answer);
  response.writeHead(status, headers).end(body);
  return { status, received: answer.received, sent: body.length };
}

interface Reply {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

function reply({ request, response, status, headers, body = '' }: Reply): Outcome {
  request.resume();
  response.writeHead(status, headers).end(body);
  return { status, received: 0, sent: Buffer.byteLength(body) };
}

function isAllowed(request: GitRequest, login: GitServerOptions['login']): boolean {
  const { authorization } = request;
  if (login === undefined) return true;
  if (typeof login === 'function') return login(request);
  if ('bearer' in login) return authorization === `Bearer ${login.bearer}`;
  const basic = Buffer.from(`${login.username}:${login.password}`).toString('base64');
  return authorization?.replace(/^basic /i, '') === basic;
}
