import { type AwsCredentials, toSdk } from './identity.ts';

export interface TokenRequest {
  readonly cluster: string;
  readonly region: string;
  readonly credentials: AwsCredentials;
  readonly now: Date;
}

/**
 * The bearer token that Amazon EKS takes: a GET of STS GetCallerIdentity, presigned for 60 seconds with the cluster's name in the signed header
 * x-k8s-aws-id, in base64url behind `k8s-aws-v1.` (aws-iam-authenticator, "API Authorization from Outside a Cluster"; AWS CLI, `eks get-token`).
 * The cluster takes it for 15 minutes.
 */
export async function mintToken({ cluster, region, credentials, now }: TokenRequest): Promise<string> {
  const [{ SignatureV4 }, { Sha256 }] = await Promise.all([import('@smithy/signature-v4'), import('@aws-crypto/sha256-js')]);
  const signer = new SignatureV4({ credentials: toSdk(credentials), region, service: 'sts', sha256: Sha256 });
  const hostname = stsHost(region);
  const { path, query } = await signer.presign(
    {
      method: 'GET',
      protocol: 'https:',
      hostname,
      path: '/',
      query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
      headers: { host: hostname, 'x-k8s-aws-id': cluster },
    },
    { expiresIn: 60, signingDate: now, unhoistableHeaders: new Set(['x-k8s-aws-id']) },
  );
  const search = Object.entries(query ?? {}).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  return `k8s-aws-v1.${Buffer.from(`https://${hostname}${path}?${search.join('&')}`).toString('base64url')}`;
}

/** Domains of the partitions by their regions' prefixes (AWS general reference, STS endpoints). */
const domains: readonly (readonly [prefix: string, domain: string])[] = [
  ['cn-', 'amazonaws.com.cn'],
  ['eusc-', 'amazonaws.eu'],
  ['us-isob-', 'sc2s.sgov.gov'],
  ['us-isof-', 'csp.hci.ic.gov'],
  ['us-iso-', 'c2s.ic.gov'],
  ['eu-isoe-', 'cloud.adc-e.uk'],
];

function stsHost(region: string): string {
  return `sts.${region}.${domains.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'amazonaws.com'}`;
}
