import { createPrivateKey, randomUUID, sign, X509Certificate } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createAuthority } from './certificates.ts';
import { closeServer, listen } from './listening.ts';

export interface TokenServerOptions {
  readonly username: string;
  readonly password: string;
  /** Seconds that a token is good for; the registry grants 60 s of leeway. Default 300. */
  readonly lifetime?: number;
  /** Seconds by which the token is told to the client to live longer (`expires_in`) than it does: negative lies. Default 0. */
  readonly overstatement?: number;
}

export interface TokenServer {
  readonly realm: string;
  readonly service: string;
  readonly issuer: string;
  /** PEM bundle by which the registry checks the tokens. */
  readonly certificate: string;
  /** How many tokens were given out. */
  readonly issued: () => number;
  readonly stop: () => Promise<void>;
}

const service = 'testbed';
const issuer = 'eks-gitops-testbed';

/** Starts a token server for a registry (distribution specification, "Token Authentication"), which signs ES256 JWTs. */
export async function startTokenServer(options: TokenServerOptions): Promise<TokenServer> {
  const { certificate, key } = await createAuthority();
  let issued = 0;
  const server = createServer((request, response) => {
    request.resume();
    if (!isAuthorized(request, options)) return answer(response, { status: 401, body: unauthorized });
    issued += 1;
    const { lifetime = 300, overstatement = 0 } = options;
    const token = signToken({ certificate, key, lifetime, access: requestedAccess(request) });
    answer(response, { status: 200, body: { token, expires_in: lifetime + overstatement, issued_at: new Date().toISOString() } });
  });
  const { port } = await listen(server, { address: '127.0.0.1', port: 0 });
  const realm = `http://127.0.0.1:${port}/token`;
  return { realm, service, issuer, certificate, issued: () => issued, stop: () => closeServer(server) };
}

const unauthorized = { errors: [{ code: 'UNAUTHORIZED', message: 'incorrect username or password' }] };

function isAuthorized({ headers }: IncomingMessage, { username, password }: TokenServerOptions): boolean {
  return headers.authorization === `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

interface Access {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

/** Grants every `scope=repository:NAME:pull,push` of the query. */
function requestedAccess({ url }: IncomingMessage): Access[] {
  const scopes = new URL(url ?? '/', 'http://token').searchParams.getAll('scope').flatMap(scope => scope.split(' '));
  return scopes.flatMap(scope => {
    const [, type, name, actions] = /^([a-z]+):(.+):([a-z,*]+)$/.exec(scope) ?? [];
    return type && name && actions ? [{ type, name, actions: actions.split(',') }] : [];
  });
}

interface Token {
  readonly certificate: string;
  readonly key: string;
  readonly lifetime: number;
  readonly access: readonly Access[];
}

function signToken({ certificate, key, lifetime, access }: Token): string {
  const now = Math.floor(Date.now() / 1000);
  const chain = [new X509Certificate(certificate).raw.toString('base64')];
  const claims = {
    iss: issuer,
    sub: 'tester',
    aud: service,
    exp: now + lifetime,
    nbf: now - 10,
    iat: now,
    jti: randomUUID(),
    access,
  };
  const signed = `${encode({ typ: 'JWT', alg: 'ES256', x5c: chain })}.${encode(claims)}`;
  const signature = sign('sha256', Buffer.from(signed), { key: createPrivateKey(key), dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function answer(response: ServerResponse, { status, body }: { status: number; body: unknown }): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
