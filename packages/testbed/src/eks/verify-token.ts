import { createHash, createHmac } from 'node:crypto';

/** What a token of Amazon EKS says: the request to STS that is in it. */
interface TokenRequest {
  readonly query: readonly (readonly [string, string])[];
  readonly host: string;
  /** `YYYYMMDDThhmmssZ`. */
  readonly time: string;
  readonly accessKeyId: string;
  /** `date/region/service/aws4_request`. */
  readonly scope: string;
  readonly signature: string;
}

export interface TokenCheck {
  readonly token: string;
  /** Name of the cluster that it must be for. */
  readonly cluster: string;
  /** The secret of an access key; undefined of an unknown one. */
  readonly secretOf: (accessKeyId: string) => string | undefined;
  readonly now: Date;
}

const prefix = 'k8s-aws-v1.';
const signedHeaders = 'host;x-k8s-aws-id';
/** Milliseconds for which aws-iam-authenticator takes a token, however soon the request in it expires. */
const lifetime = 15 * 60_000;

/**
 * The access key that signed a token, when it is a presigned GetCallerIdentity request to STS, for the cluster, not older than 15
 * minutes, and signed with the key's secret; else undefined. Where aws-iam-authenticator sends the request to STS, the signature is
 * worked out anew here (AWS IAM user guide, "Create a signed AWS API request"): emulators of STS do not look at it.
 */
export function verifyToken({ token, cluster, secretOf, now }: TokenCheck): string | undefined {
  const request = readToken(token);
  if (request === undefined) return undefined;
  const secret = secretOf(request.accessKeyId);
  const age = now.getTime() - Date.parse(request.time.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (secret === undefined || !(age > -lifetime && age < lifetime)) return undefined;
  return sign(request, { secret, cluster }) === request.signature ? request.accessKeyId : undefined;
}

function readToken(token: string): TokenRequest | undefined {
  const url = token.startsWith(prefix) ? URL.parse(Buffer.from(token.slice(prefix.length), 'base64url').toString()) : null;
  if (url === null || url.protocol !== 'https:' || url.pathname !== '/') return undefined;
  const { searchParams: query, host } = url;
  const [accessKeyId = '', ...scope] = (query.get('X-Amz-Credential') ?? '').split('/');
  const isIdentity = query.get('Action') === 'GetCallerIdentity' && query.get('X-Amz-SignedHeaders') === signedHeaders;
  if (!isIdentity || !/^sts\.[a-z0-9-]+\.amazonaws\.com$/.test(host)) return undefined;
  return {
    query: [...query],
    host,
    time: query.get('X-Amz-Date') ?? '',
    accessKeyId,
    scope: scope.join('/'),
    signature: query.get('X-Amz-Signature') ?? '',
  };
}

function sign({ query, host, time, scope }: TokenRequest, { secret, cluster }: { secret: string; cluster: string }): string {
  const pairs = query.filter(([name]) => name !== 'X-Amz-Signature').map(pair => pair.map(encode).join('='));
  const headers = `host:${host}\nx-k8s-aws-id:${cluster}\n`;
  const canonical = ['GET', '/', pairs.sort().join('&'), headers, signedHeaders, hash('')].join('\n');
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${secret}`);
  return hmac(key, ['AWS4-HMAC-SHA256', time, scope, hash(canonical)].join('\n')).toString('hex');
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, sign => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
