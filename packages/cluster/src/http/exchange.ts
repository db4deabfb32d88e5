import { ActionError } from '@eks-gitops/errors';
import { mayPass, parseRetryAfter, TransientFailure, withRetries } from '@eks-gitops/http';
import type { ClusterOrigin } from '../origin.ts';
import type { CredentialSource, Credentials } from './credentials.ts';
import { forbidden, unauthenticated } from './denial.ts';
import { isRetryable, networkError, refusalError, refusalWords } from './failure.ts';
import type { Presence } from './presence.ts';
import { readText } from './read-body.ts';
import type { ApiRequest } from './request.ts';
import { parseStatus } from './status.ts';
import type { HttpResponse, Transport } from './transport.ts';

/** A 404, with what tells an object that is missing from a kind that is not served. */
export interface NotFound {
  readonly kind: 'not-found';
  /** Whether the server spoke of an object of a kind that it knows. */
  readonly isObject: boolean;
  readonly words: string;
}

/** A 400 or 410: what it means depends on the request. */
export interface Refused {
  readonly kind: 'refused';
  readonly status: 400 | 410;
  readonly error: ActionError;
}

export interface Answered<T> {
  readonly kind: 'answered';
  readonly value: T;
}

export type Outcome<T> = Answered<T> | NotFound | Refused;

/** One conversation with an API server: credentials, retries and failures are its concern. */
export interface Exchange {
  readonly server: string;
  readonly presence: Presence;
  /** Sends once, and hands on the answer as it comes in. Throws TransientFailure for what may pass by itself. */
  readonly open: (request: ApiRequest) => Promise<Outcome<HttpResponse>>;
  /** As `open`, with the answer read whole. */
  readonly ask: (request: ApiRequest) => Promise<Outcome<string>>;
  /** As `ask`, repeated while that may help. */
  readonly repeat: (request: ApiRequest) => Promise<Outcome<string>>;
  /** Turns what reading an answer threw into what `open` throws. */
  readonly explain: (request: ApiRequest, thrown: unknown) => Error;
}

export interface ExchangeOptions {
  readonly server: string;
  readonly origin: ClusterOrigin;
  readonly transport: Transport;
  readonly credentials: CredentialSource;
  /** Sent with every request: whom to impersonate. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly presence: Presence;
  /** Milliseconds before each repetition. */
  readonly retryDelays: () => readonly number[];
  readonly signal: AbortSignal;
}

const textLimit = 64 * 1024 * 1024;
const refusalLimit = 256 * 1024;

export function openExchange(options: ExchangeOptions): Exchange {
  const { server, origin, transport, credentials, headers, presence, retryDelays, signal } = options;

  const send = async (request: ApiRequest, shown: Credentials): Promise<HttpResponse> =>
    transport.send({
      method: request.method,
      path: request.path,
      headers: {
        accept: 'application/json',
        'user-agent': 'eks-gitops-actions',
        ...headers,
        ...(request.body ? { 'content-type': request.body.type } : {}),
      },
      body: request.body?.text,
      credentials: shown,
      silence: request.silence ?? 30_000,
      signal: signalOf(request),
    });

  /** Sends, and once more with fresh credentials when those shown are refused. */
  const sendRenewed = async (request: ApiRequest): Promise<HttpResponse> => {
    const shown = await credentials.current();
    const first = await send(request, shown);
    if (first.status !== 401) return first;
    const fresh = await credentials.renew(shown);
    if (fresh === undefined) return first;
    await first.body.dump();
    return send(request, fresh);
  };

  const signalOf = (request: ApiRequest): AbortSignal =>
    request.signal === undefined ? signal : AbortSignal.any([signal, request.signal]);

  const explain = (request: ApiRequest, thrown: unknown): Error => {
    signalOf(request).throwIfAborted();
    if (thrown instanceof ActionError || thrown instanceof TransientFailure) return thrown;
    const failure = networkError({ request, server, origin }, thrown);
    if (!mayPass(thrown)) return failure;
    presence.missed(failure);
    return new TransientFailure({ failure });
  };

  const refuse = async (request: ApiRequest, response: HttpResponse): Promise<NotFound | Refused> => {
    const { status } = response;
    const body = await readText(response, { limit: refusalLimit, purpose: request.purpose });
    if (isRetryable(status)) {
      const failure = refusalError({ request, server, origin }, { status, body });
      presence.missed(failure);
      const retryAfter = parseRetryAfter(String(response.headers['retry-after'] ?? ''), new Date());
      throw new TransientFailure({ failure, retryAfter });
    }
    presence.answered();
    const words = refusalWords(body);
    if (status === 403) throw forbidden({ request, server, origin, words });
    if (status === 401) {
      const principal = origin.kind === 'eks' ? await origin.principal() : undefined;
      throw unauthenticated({ request, server, origin, words, principal });
    }
    if (status === 404) return { kind: 'not-found', isObject: parseStatus(body)?.details.name !== undefined, words };
    const error = refusalError({ request, server, origin }, { status, body });
    if (status === 400 || status === 410) return { kind: 'refused', status, error };
    throw error;
  };

  const open = async (request: ApiRequest): Promise<Outcome<HttpResponse>> => {
    try {
      const response = await sendRenewed(request);
      if (response.status < 200 || response.status > 299) return await refuse(request, response);
      presence.answered();
      return { kind: 'answered', value: response };
    } catch (thrown) {
      throw explain(request, thrown);
    }
  };

  const ask = async (request: ApiRequest): Promise<Outcome<string>> => {
    const outcome = await open(request);
    if (outcome.kind !== 'answered') return outcome;
    try {
      return { kind: 'answered', value: await readText(outcome.value, { limit: textLimit, purpose: request.purpose }) };
    } catch (thrown) {
      throw explain(request, thrown);
    }
  };

  const repeat = (request: ApiRequest): Promise<Outcome<string>> =>
    withRetries(() => ask(request), { delays: retryDelays, signal: signalOf(request) });

  return { server, presence, open, ask, repeat, explain };
}
