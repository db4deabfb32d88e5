import { isDeepStrictEqual } from 'node:util';
import { parseRetryAfter, TransientFailure } from '@eks-gitops/http';
import type { CredentialProvider, Credentials } from '../credentials.ts';
import { type Challenge, parseChallenge } from './challenge.ts';
import { isRetryable, responseError } from './response-error.ts';
import { type BearerToken, basicAuthorization, fetchToken, type TokenSource } from './token.ts';

/** What is known of a registry: how it wants to be shown who asks, and as whom. */
interface Standing {
  readonly challenge: Challenge | undefined;
  readonly credentials: Credentials;
  readonly tokens: Map<string, Promise<BearerToken>>;
  /** Set when the token server refused the credentials: all of its requests share what was got instead. */
  renewal?: Promise<Credentials>;
}

export interface Authorization {
  /** The header's value; undefined to send none. */
  readonly value: string | undefined;
  /** Which standing it came from, for {@link Session.renew}. */
  readonly standing: object;
}

/** The authorization of one registry, shared by all of its requests. */
export interface Session {
  readonly authorize: (scopes: readonly string[]) => Promise<Authorization>;
  /** After a refusal: gets fresh credentials, once for all that were refused alike. False when there is nothing fresher to show. */
  readonly renew: (refused: Authorization, headers: Headers) => Promise<boolean>;
}

export interface SessionOptions extends TokenSource {
  readonly registry: string;
  readonly origin: URL;
  readonly credentials: CredentialProvider;
  readonly signal: AbortSignal;
}

/** Learns by one `GET /v2/` how a registry authenticates (OCI distribution specification, "Determining Support"), when first asked. */
export function openSession(options: SessionOptions): Session {
  const { registry, credentials } = options;
  let current: Promise<Standing> | undefined;
  const adopt = (opening: Promise<Standing>): Promise<Standing> => {
    current = opening;
    opening.catch(() => {
      if (current === opening) current = undefined;
    });
    return opening;
  };

  const authorize = async (scopes: readonly string[]): Promise<Authorization> => {
    const standing = await (current ?? adopt(open(options)));
    return { value: await authorization(standing, scopes, options), standing };
  };

  const renew = async (refused: Authorization, headers: Headers): Promise<boolean> => {
    const before = await (current ?? adopt(open(options)));
    if (before !== refused.standing) return true;
    const challenge = parseChallenge([headers.get('www-authenticate') ?? '']) ?? before.challenge;
    if (challenge === undefined) return false;
    const unasked = before.challenge === undefined;
    const after = await adopt(
      credentials(registry, { renew: !unasked }).then(fresh => ({ challenge, credentials: fresh, tokens: new Map() })),
    );
    return unasked || challenge.scheme === 'bearer' || !isDeepStrictEqual(after.credentials, before.credentials);
  };

  return { authorize, renew };
}

async function open({ registry, origin, transport, credentials, signal }: SessionOptions): Promise<Standing> {
  const response = await transport.send({ method: 'GET', url: new URL('/v2/', origin), signal });
  await response.body.dump();
  const { status, headers } = response;
  if (isRetryable(status)) throw transient({ registry, status, body: '', headers });
  const challenge = status === 401 ? parseChallenge([headers.get('www-authenticate') ?? '']) : undefined;
  const shown = challenge === undefined ? { kind: 'anonymous' as const } : await credentials(registry, { renew: false });
  return { challenge, credentials: shown, tokens: new Map() };
}

async function authorization(
  standing: Standing,
  scopes: readonly string[],
  options: SessionOptions,
): Promise<string | undefined> {
  const { challenge, credentials, tokens } = standing;
  if (challenge === undefined) return undefined;
  if (challenge.scheme === 'basic') return credentials.kind === 'basic' ? basicAuthorization(credentials) : undefined;
  const key = scopes.join(' ');
  const stored = tokens.get(key);
  if (stored === undefined) {
    const asked = bearerToken(standing, { challenge, scopes }, options);
    tokens.set(key, asked);
    asked.catch(() => tokens.delete(key));
    return `Bearer ${(await asked).value}`;
  }
  const { value, expires } = await stored;
  if (expires > Date.now()) return `Bearer ${value}`;
  if (tokens.get(key) === stored) tokens.delete(key);
  return authorization(standing, scopes, options);
}

interface TokenNeed {
  readonly challenge: Extract<Challenge, { scheme: 'bearer' }>;
  readonly scopes: readonly string[];
}

/** A token; when the token server refuses the credentials, fresh ones are tried once. */
async function bearerToken(standing: Standing, need: TokenNeed, options: SessionOptions): Promise<BearerToken> {
  const { registry, signal } = options;
  const shown = await (standing.renewal ?? standing.credentials);
  const first = await fetchToken({ ...need, credentials: shown, registry, signal }, options);
  if (first.kind === 'token') return first.token;
  if (first.status !== 401) throw tokenRefusal(registry, first);
  standing.renewal ??= options.credentials(registry, { renew: true });
  const fresh = await standing.renewal;
  if (isDeepStrictEqual(fresh, shown)) throw tokenRefusal(registry, first);
  const second = await fetchToken({ ...need, credentials: fresh, registry, signal }, options);
  if (second.kind === 'token') return second.token;
  throw tokenRefusal(registry, second);
}

interface Refused {
  readonly status: number;
  readonly body: string;
  readonly headers: Headers;
}

function tokenRefusal(registry: string, refused: Refused): Error {
  if (isRetryable(refused.status)) return transient({ registry, ...refused });
  return responseError({ registry, purpose: 'get a token to work with' }, refused);
}

function transient({ registry, status, body, headers }: Refused & { registry: string }): TransientFailure {
  const failure = responseError({ registry, purpose: 'log in' }, { status, body });
  return new TransientFailure({ failure, retryAfter: parseRetryAfter(headers.get('retry-after') ?? undefined, new Date()) });
}
