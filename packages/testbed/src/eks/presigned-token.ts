import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';

export interface PresignedToken {
  readonly cluster: string;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  readonly signingDate?: Date;
  readonly action?: string;
}

/** A token as AWS's own clients make it, by AWS's own signer; anything about it may be wrong. */
export async function presignedToken({
  cluster,
  accessKeyId = 'testing',
  secretAccessKey = 'testing',
  signingDate = new Date(),
  action = 'GetCallerIdentity',
}: PresignedToken): Promise<string> {
  const credentials = { accessKeyId, secretAccessKey, sessionToken: 'a/b+c=' };
  const signer = new SignatureV4({ credentials, region: 'us-west-2', service: 'sts', sha256: Sha256 });
  const hostname = 'sts.us-west-2.amazonaws.com';
  const { query = {} } = await signer.presign(
    {
      method: 'GET',
      protocol: 'https:',
      hostname,
      path: '/',
      query: { Action: action, Version: '2011-06-15' },
      headers: { host: hostname, 'x-k8s-aws-id': cluster },
    },
    { expiresIn: 60, signingDate, unhoistableHeaders: new Set(['x-k8s-aws-id']) },
  );
  const search = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  return `k8s-aws-v1.${Buffer.from(`https://${hostname}/?${search.join('&')}`).toString('base64url')}`;
}
