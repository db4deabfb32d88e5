import type { Readable } from 'node:stream';
import { ActionError } from '@eks-gitops/errors';
import { describeFault, isBroken, parseRetryAfter, TransientFailure, withRetries } from '@eks-gitops/http';
import type { CredentialProvider } from '../credentials.ts';
import type { Repository } from '../reference.ts';
import { registryOrigin } from './origin.ts';
import { readText } from './read-body.ts';
import { isRetryable, type Request, responseError, saysExpired } from './response-error.ts';
import { openSession, type Session } from './session.ts';
import type { HttpRequest, HttpResponse, Transport } from './transport.ts';

export interface ExchangeOptions {
  readonly transport: Transport;
  readonly credentials: CredentialProvider;
  readonly signal: AbortSignal;
  readonly insecure: (host: string) => boolean;
  readonly allowedRealms: readonly string[];
  /** Repositories whose tokens are asked with the right to push from the start. */
  readonly writes: readonly Repository[];
  readonly retryDelays: readonly number[];
  readonly onNotice?: ((notice: string) => void) | undefined;
}

/** One request to a repository's API. */
export interface Call {
  readonly repository: Repository;
  /** Below `/v2/<repository>/`, or a whole URL (where an upload continues). */
  readonly target: string | URL;
  readonly method: HttpRequest['method'];
  readonly access: 'pull' | 'push';
  /** Another repository that the call reads, for a mount. */
  readonly reads?: Repository | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Made anew for each try. */
  readonly body?: (() => Promise<Readable>) | Uint8Array;
  readonly purpose: string;
  readonly tagging?: boolean;
  /** Statuses that are answers; anything else is an error. */
  readonly accept: readonly number[];
}

export interface Exchange {
  /** Sends one call, authorized; fresh credentials are tried once when those shown were refused. */
  readonly call: (call: Call) => Promise<HttpResponse>;
  /** Runs an operation that is safe to repeat; faults of the network become errors, those that pass by themselves after three tries. */
  readonly repeat: <T>(request: Request, operation: () => Promise<T>) => Promise<T>;
  /** As `repeat`, but with a single try. */
  readonly once: <T>(request: Request, operation: () => Promise<T>) => Promise<T>;
}

export function openExchange(options: ExchangeOptions): Exchange {
  const { transport, insecure, signal, retryDelays, onNotice } = options;
  const sessions = new Map<string, Session>();
  const sessionOf = (registry: string): Session => {
    const session =
      sessions.get(registry) ?? openSession({ ...options, registry, origin: registryOrigin({ registry, insecure }) });
    sessions.set(registry, session);
    return session;
  };

  const call = async (asked: Call): Promise<HttpResponse> => {
    const { registry } = asked.repository;
    const session = sessionOf(registry);
    const scopes = scopesOf(asked, options.writes);
    const shown = await session.authorize(scopes);
    const origin = registryOrigin({ registry, insecure });
    const first = await transport.send(await toHttp(asked, { origin, authorization: shown.value, signal }));
    const refusal = await refusalOf(asked, first);
    if (refusal === undefined) return first;
    if (!saysExpired(refusal) || !(await session.renew(shown, first.headers))) throw toFailure(asked, refusal, first);
    const renewed = await session.authorize(scopes);
    const second = await transport.send(await toHttp(asked, { origin, authorization: renewed.value, signal }));
    const again = await refusalOf(asked, second);
    if (again === undefined) return second;
    throw toFailure(asked, again, second);
  };

  return {
    call,
    repeat: (request, operation) =>
      withRetries(guarded(request, operation, signal), { delays: () => retryDelays, signal, onRetry: onNotice }),
    once: (request, operation) => withRetries(guarded(request, operation, signal), { delays: () => [], signal }),
  };
}

async function toHttp(
  { repository, target, method, headers, body }: Call,
  { origin, authorization, signal }: { origin: URL; authorization: string | undefined; signal: AbortSignal },
): Promise<HttpRequest> {
  const content = typeof body === 'function' ? await body() : body;
  return {
    method,
    url: target instanceof URL ? target : new URL(`/v2/${repository.path}/${target}`, origin),
    headers: { 'user-agent': 'eks-gitops-actions', ...headers },
    ...(content === undefined ? {} : { body: content }),
    authorization: authorization === undefined ? undefined : { value: authorization, origin: origin.origin },
    signal,
  };
}

function scopesOf({ repository, access, reads }: Call, writes: readonly Repository[]): string[] {
  const pushes =
    access === 'push' || writes.some(({ registry, path }) => registry === repository.registry && path === repository.path);
  const own = `repository:${repository.path}:${pushes ? 'pull,push' : 'pull'}`;
  return reads === undefined ? [own] : [own, `repository:${reads.path}:pull`];
}

async function refusalOf({ accept }: Call, response: HttpResponse): Promise<{ status: number; body: string } | undefined> {
  const { status } = response;
  return accept.includes(status) ? undefined : { status, body: await readText(response) };
}

function toFailure(asked: Call, refusal: { status: number; body: string }, { headers }: HttpResponse): Error {
  const { repository, purpose, tagging = false } = asked;
  const failure = responseError({ registry: repository.registry, purpose, tagging }, refusal);
  if (!isRetryable(refusal.status)) return failure;
  return new TransientFailure({ failure, retryAfter: parseRetryAfter(headers.get('retry-after') ?? undefined, new Date()) });
}

function guarded<T>(request: Request, operation: () => Promise<T>, signal: AbortSignal): () => Promise<T> {
  return () =>
    operation().catch((thrown: unknown) => {
      signal.throwIfAborted();
      if (thrown instanceof ActionError || thrown instanceof TransientFailure) throw thrown;
      const failure = networkError(request, thrown);
      throw isBroken(thrown) ? new TransientFailure({ failure }) : failure;
    });
}

function networkError({ registry, purpose }: Request, thrown: unknown): ActionError {
  return new ActionError({
    code: 'REGISTRY_UNREACHABLE',
    message: `${registry} could not be reached: could not ${purpose}.`,
    found: describeFault(thrown),
    likely: 'the host name or port is wrong, the network or a proxy is in the way, or its certificate is not trusted',
    cause: thrown,
  });
}
