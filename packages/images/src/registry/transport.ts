import type { Readable } from 'node:stream';
import { ActionError } from '@eks-gitops/errors';
import { openDispatchers, type ProxySettings } from '@eks-gitops/http';
import type { Dispatcher } from 'undici';

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | Readable | string;
  /** Sent to `origin` only, wherever a redirect or an upload location leads. */
  readonly authorization?: { readonly value: string; readonly origin: string } | undefined;
  readonly signal: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Headers;
  /** To be read or dumped by the receiver, else its connection stays taken. */
  readonly body: Dispatcher.ResponseData['body'];
  readonly url: URL;
}

export interface Transport {
  readonly send: (request: HttpRequest) => Promise<HttpResponse>;
  readonly close: () => Promise<void>;
}

const mostRedirects = 5;
const connections = {
  connections: 32,
  connect: { timeout: 10_000 },
  headersTimeout: 60_000,
  bodyTimeout: 30_000,
  allowH2: false,
};

/**
 * HTTP/1.1 over kept-alive connections. Time-outs: 10 s to connect, 60 s for headers, 30 s without a byte of the body.
 * Redirects of GET and HEAD are followed, five at most and never from https to http.
 */
export function openTransport({ proxy }: { proxy: ProxySettings }): Transport {
  const { dispatcherFor, close } = openDispatchers({ proxy, connections });

  const sendOnce = async ({ method, url, headers, body, authorization, signal }: HttpRequest): Promise<HttpResponse> => {
    const dispatcher = await dispatcherFor(url);
    const response = await dispatcher.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method,
      headers: { ...headers, ...(authorization?.origin === url.origin ? { authorization: authorization.value } : {}) },
      body: body ?? null,
      signal,
    });
    return { status: response.statusCode, headers: toHeaders(response.headers), body: response.body, url };
  };

  const send = async (request: HttpRequest): Promise<HttpResponse> => {
    let response = await sendOnce(request);
    for (let redirects = 0; isRedirect(request, response); redirects += 1) {
      await response.body.dump();
      response = await sendOnce({ ...request, url: redirectTarget(response, redirects) });
    }
    return response;
  };

  return { send, close };
}

function isRedirect({ method }: HttpRequest, { status, headers }: HttpResponse): boolean {
  return (method === 'GET' || method === 'HEAD') && [301, 302, 303, 307, 308].includes(status) && headers.has('location');
}

function redirectTarget({ url, headers }: HttpResponse, redirects: number): URL {
  if (redirects >= mostRedirects) throw redirectError(url, `more than ${mostRedirects} redirects`);
  return resolveLocation({ url, location: headers.get('location') ?? '' });
}

/** Where a Location header leads, seen from `url`. Throws REGISTRY_RESPONSE for no URL, and for a step from https to http. */
export function resolveLocation({ url, location }: { url: URL; location: string }): URL {
  if (!URL.canParse(location, url.href)) throw redirectError(url, `"${location}"`);
  const target = new URL(location, url);
  if (target.protocol !== 'https:' && target.protocol !== url.protocol)
    throw redirectError(url, `${target.protocol}//${target.host}`);
  return target;
}

function redirectError(url: URL, found: string): ActionError {
  return new ActionError({
    code: 'REGISTRY_RESPONSE',
    message: `${url.host} leads to a place that is not followed.`,
    expected: 'a location that stays on https, in few steps',
    found,
  });
}

function toHeaders(raw: Record<string, string | string[] | undefined>): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(raw)) {
    for (const one of Array.isArray(value) ? value : [value ?? '']) headers.append(name, one);
  }
  return headers;
}
