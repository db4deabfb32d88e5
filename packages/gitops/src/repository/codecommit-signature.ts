import type { AwsCredentials } from './aws-credentials.ts';

export interface SignatureRequest {
  readonly host: string;
  /** `/v1/repos/NAME`. */
  readonly path: string;
  readonly region: string;
  readonly credentials: AwsCredentials;
  readonly now: Date;
}

/**
 * The password of CodeCommit's HTTPS: a time and the Signature Version 4 of a request with the method GIT, the host as its only header
 * and no payload hash. The time stands without its Z in what is signed, and with it in the password (git-remote-codecommit, `sign`).
 */
export async function signCodeCommit({ host, path, region, credentials, now }: SignatureRequest): Promise<string> {
  const [{ SignatureV4 }, { Sha256 }] = await Promise.all([import('@smithy/signature-v4'), import('@aws-crypto/sha256-js')]);
  const time = now.toISOString().replace(/[-:]|\.\d+Z$/g, '');
  const request = new Sha256();
  request.update(`GIT\n${path}\n\nhost:${host}\n\nhost\n`);
  const hash = Buffer.from(await request.digest()).toString('hex');
  const text = ['AWS4-HMAC-SHA256', time, `${time.slice(0, 8)}/${region}/codecommit/aws4_request`, hash].join('\n');
  const signer = new SignatureV4({ credentials, region, service: 'codecommit', sha256: Sha256 });
  return `${time}Z${await signer.sign(text, { signingDate: now })}`;
}
