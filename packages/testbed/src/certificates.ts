import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';

/** A certificate with its private key, both PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

export interface Authority extends KeyPair {
  /** Issues a server certificate for host names or IP addresses. */
  readonly issue: (hosts: readonly string[]) => Promise<KeyPair>;
  /** Issues a client certificate for a user and its groups, named where the Kubernetes API looks for them: common name and organisations. */
  readonly issueClient: (user: string, groups?: readonly string[]) => Promise<KeyPair>;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const day = 86_400_000;

/** Makes a certificate authority of our own, good for a day. */
export async function createAuthority(): Promise<Authority> {
  x509.cryptoProvider.set(webcrypto);
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(),
    serialNumber: '01',
    name: 'CN=eks-gitops testbed',
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature, true),
    ],
  });
  return openAuthority({ certificate: certificate.toString('pem'), key: await exportKey(keys.privateKey) });
}

/** The authority of a certificate and key made by {@link createAuthority}. */
export function openAuthority(root: KeyPair): Authority {
  x509.cryptoProvider.set(webcrypto);
  const issuer = new x509.X509Certificate(root.certificate).subject;
  const sign = async (subject: string, extensions: readonly x509.Extension[]): Promise<KeyPair> => {
    const own = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const certificate = await x509.X509CertificateGenerator.create({
      ...validity(),
      subject,
      issuer,
      publicKey: own.publicKey,
      signingKey: await importKey(root.key),
      signingAlgorithm: algorithm,
      extensions: [...extensions],
    });
    return { certificate: certificate.toString('pem'), key: await exportKey(own.privateKey) };
  };
  const issue = (hosts: readonly string[]): Promise<KeyPair> =>
    sign(`CN=${hosts[0]?.slice(0, 64)}`, [
      new x509.SubjectAlternativeNameExtension(hosts.map(host => ({ type: isIP(host) ? 'ip' : 'dns', value: host }) as const)),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    ]);
  const issueClient = (user: string, groups: readonly string[] = []): Promise<KeyPair> =>
    sign([...groups.map(group => `O=${group}`), `CN=${user}`].join(', '), [
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
    ]);
  return { ...root, issue, issueClient };
}

function validity(): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + day) };
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

async function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(pem), algorithm, false, ['sign']);
}
