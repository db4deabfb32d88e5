import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { text } from 'node:stream/consumers';
import type { KeyPair } from '../certificates.ts';
import { closeServer, listen } from '../listening.ts';
import { answerRequest, type Reply } from './answer-request.ts';
import { type AnswerGraphql, openGraphql } from './graphql.ts';
import { type Describe, loadDescription } from './openapi.ts';
import { openTokens } from './tokens.ts';
import { type AppOptions, openRepositories, type PullRequest, type RepositoryOptions, type TokenOptions } from './world.ts';

/** A request by its operation: `POST /repos/{owner}/{repo}/pulls`, or the GraphQL field, `createCommitOnBranch`. */
export interface GitHubRequest {
  readonly operation: string;
  readonly body: unknown;
  /** How many requests of the operation came, this one included. */
  readonly count: number;
}

/** What befalls a request instead of its answer; a reset can come before it is done, or after. */
export type GitHubFault =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: unknown;
    }
  | { readonly kind: 'reset'; readonly when: 'before' | 'after' };

export interface GitHubOptions {
  readonly repositories: readonly RepositoryOptions[];
  readonly tokens?: readonly TokenOptions[];
  readonly apps?: readonly AppOptions[];
  /** Seconds that tokens of App installations last; default 3600. */
  readonly tokenLifetime?: number;
  /** The primary rate limit: requests until `reset` (seconds since 1970). */
  readonly rateLimit?: { readonly requests: number; readonly reset: number };
  readonly onRequest?: (request: GitHubRequest) => GitHubFault | undefined | Promise<GitHubFault | undefined>;
  /** Loaded before, to be shared by several servers; loading takes half a second. */
  readonly published?: PublishedApi;
  readonly tls?: KeyPair;
  /** Where it listens; default 127.0.0.1 and any free port. */
  readonly address?: string;
  readonly port?: number;
}

/** GitHub's published descriptions of its API. */
export interface PublishedApi {
  readonly describe: Describe;
  readonly graphql: AnswerGraphql;
}

export async function loadPublishedApi(): Promise<PublishedApi> {
  const [describe, graphql] = await Promise.all([loadDescription(), openGraphql()]);
  return { describe, graphql };
}

export interface LocalGitHub {
  /** The base URL of its API; GraphQL is at `/graphql` below it. */
  readonly url: string;
  /** Operations asked for so far. */
  readonly operations: () => readonly string[];
  /** Requests, and answers of our own, that GitHub's published descriptions do not allow; a test wants none. */
  readonly violations: () => readonly string[];
  readonly pullRequests: (repository: string) => readonly PullRequest[];
  readonly stop: () => Promise<void>;
}

/**
 * Starts a GitHub API on loopback over real bare repositories: the part of REST and GraphQL that this project uses, by GitHub's rules.
 * Every request and answer is checked against GitHub's published GraphQL schema and OpenAPI description; what breaks them is answered
 * with 501 and recorded.
 */
export async function startGitHub(options: GitHubOptions): Promise<LocalGitHub> {
  const { tokens = [], apps = [], tokenLifetime = 3600, tls, address = '127.0.0.1', port = 0 } = options;
  const repositories = openRepositories(options.repositories);
  const api = {
    repositories,
    tokens: openTokens({ tokens, apps, lifetime: tokenLifetime }),
    ...(options.published ?? (await loadPublishedApi())),
  };
  const operations: string[] = [];
  const violations: string[] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = 'GET', url: target = '/', headers } = request;
    const body = tryJson(await text(request));
    const call = { method, target: new URL(target, url), authorization: headers.authorization, body, url };
    const { operation, run } = answerRequest(call, api);
    operations.push(operation);
    const count = operations.filter(one => one === operation).length;
    const fault = await options.onRequest?.({ operation, body, count });
    if (fault?.kind === 'reset' && fault.when === 'before') return void request.socket.resetAndDestroy();
    const limits = limitHeaders(options, operations.length);
    const reply = fault?.kind === 'answer' ? fault : limits.exceeded ? exhausted : await run();
    if (fault?.kind === 'reset') return void request.socket.resetAndDestroy();
    const { faults = [] } = 'faults' in reply ? reply : {};
    violations.push(...faults.map(one => `${operation}: ${one}`));
    send(response, { ...reply, headers: { ...limits.headers, ...reply.headers } });
  };
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    handle(request, response).catch(thrown => {
      violations.push(String(thrown));
      send(response, { status: 501, body: { message: String(thrown) } });
    });
  };
  const server = tls ? createTlsServer({ cert: tls.certificate, key: tls.key }, listener) : createServer(listener);
  const listening = await listen(server, { address, port });
  const url = `${tls ? 'https' : 'http'}://localhost:${listening.port}`;
  return {
    url,
    operations: () => [...operations],
    violations: () => [...violations],
    pullRequests: name => repositories.find(one => one.options.name === name)?.pulls.map(pull => ({ ...pull })) ?? [],
    stop: () => closeServer(server),
  };
}

const exhausted: Reply = { status: 403, body: { message: 'API rate limit exceeded for installation ID 1.' } };

/** "Rate limits for the REST API", the headers of every answer. */
function limitHeaders({ rateLimit }: GitHubOptions, used: number) {
  const { requests, reset } = rateLimit ?? { requests: 5000, reset: Math.floor(Date.now() / 1000) + 3600 };
  const remaining = Math.max(0, requests - used);
  const headers = {
    'x-ratelimit-limit': String(requests),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String(reset),
    'x-ratelimit-used': String(Math.min(used, requests)),
  };
  return { exceeded: used > requests && reset * 1000 > Date.now(), headers };
}

/** GitHub's answer to requests that come too fast: to be tried again after so many seconds. */
export function secondaryLimit(seconds: number): GitHubFault {
  const message = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
  return { kind: 'answer', status: 403, headers: { 'retry-after': String(seconds) }, body: { message } };
}

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

function tryJson(body: string): unknown {
  try {
    return body === '' ? undefined : JSON.parse(body);
  } catch {
    return body;
  }
}
