import { ActionError } from '@eks-gitops/errors';
import { tryJson } from '@eks-gitops/http';
import { z } from 'zod';
import type { Credentials } from '../credentials.ts';
import type { Challenge } from './challenge.ts';
import { isRealmAllowed } from './origin.ts';
import { readText } from './read-body.ts';
import type { HttpRequest, HttpResponse, Transport } from './transport.ts';

const client = 'eks-gitops-actions';
const answer = z.object({
  token: z.string().optional(),
  access_token: z.string().optional(),
  expires_in: z.number().optional(),
});

export interface BearerToken {
  readonly value: string;
  /** Milliseconds since the epoch, by the local clock. */
  readonly expires: number;
}

export interface TokenRequest {
  readonly registry: string;
  readonly challenge: Extract<Challenge, { scheme: 'bearer' }>;
  readonly credentials: Credentials;
  readonly scopes: readonly string[];
  readonly signal: AbortSignal;
}

export interface TokenSource {
  readonly transport: Transport;
  readonly allowedRealms: readonly string[];
  readonly insecure: (host: string) => boolean;
}

export type TokenAnswer =
  | { readonly kind: 'token'; readonly token: BearerToken }
  | { readonly kind: 'refused'; readonly status: number; readonly body: string; readonly headers: Headers };

/**
 * Asks a registry's token server for a bearer token: a GET with basic authentication or none, or an OAuth2 POST with an identity token
 * (distribution documentation, "Token Authentication Specification" and "OAuth2 Token Authentication").
 * Throws REGISTRY_DENIED when the realm is on a foreign host, REGISTRY_RESPONSE when the answer holds no token.
 */
export async function fetchToken(
  request: TokenRequest,
  { transport, allowedRealms, insecure }: TokenSource,
): Promise<TokenAnswer> {
  const { registry, challenge, signal } = request;
  const realm = URL.canParse(challenge.realm) ? new URL(challenge.realm) : undefined;
  if (realm === undefined || !isRealmAllowed({ registry, realm, allowed: allowedRealms, insecure })) {
    throw foreignRealm(registry, challenge.realm);
  }
  const response = await transport.send({ ...tokenRequest(request, realm), signal });
  return readAnswer(registry, response);
}

function tokenRequest({ challenge, credentials, scopes }: TokenRequest, realm: URL): Omit<HttpRequest, 'signal'> {
  const { service } = challenge;
  if (credentials.kind === 'identity-token') {
    const form = new URLSearchParams({ grant_type: 'refresh_token', client_id: client, refresh_token: credentials.token });
    if (service !== undefined) form.set('service', service);
    form.set('scope', scopes.join(' '));
    return {
      method: 'POST',
      url: realm,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    };
  }
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  if (credentials.kind === 'anonymous') return { method: 'GET', url };
  url.searchParams.set('account', credentials.username);
  return { method: 'GET', url, authorization: { value: basicAuthorization(credentials), origin: realm.origin } };
}

async function readAnswer(registry: string, response: HttpResponse): Promise<TokenAnswer> {
  const body = await readText(response);
  if (response.status !== 200) return { kind: 'refused', status: response.status, body, headers: response.headers };
  const parsed = answer.safeParse(tryJson(body));
  const value = parsed.data?.token ?? parsed.data?.access_token;
  if (value === undefined || !/^[\x21-\x7e]+$/.test(value)) {
    throw new ActionError({
      code: 'REGISTRY_RESPONSE',
      message: `The token server of ${registry} gave no token.`,
      expected: 'JSON with token or access_token',
      found: parsed.success ? 'neither' : 'something else',
    });
  }
  // A minute when nothing is said, as the specification has it; five seconds less, so that none expires on its way.
  const lifetime = Math.max((parsed.data?.expires_in ?? 60) - 5, 1);
  return { kind: 'token', token: { value, expires: Date.now() + lifetime * 1000 } };
}

/** The value of a basic Authorization header (RFC 7617). */
export function basicAuthorization({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function foreignRealm(registry: string, realm: string): ActionError {
  return new ActionError({
    code: 'REGISTRY_DENIED',
    message: `${registry} sends for its tokens to another host, which is not shown the credentials.`,
    expected: `a token server on the host of ${registry}, over https`,
    found: realm,
    remedy: "If that host is the registry's own token server, allow it by name.",
  });
}
