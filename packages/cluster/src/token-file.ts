import { readFile } from 'node:fs/promises';
import { ActionError } from '@eks-gitops/errors';
import { type ClientCertificate, type CredentialSource, renewingCredentials } from './http/credentials.ts';

export interface TokenFile {
  readonly file: string;
  /** Shown beside the token. */
  readonly certificate?: ClientCertificate | undefined;
  readonly mask: (secret: string) => void;
}

/** Milliseconds that a token is used before its file is read again, as client-go does: the kubelet renews the file long before the token ends. */
const rereadAfter = 60_000;

/** The bearer token of a file, read again each minute and when it is refused. Throws CLUSTER_INVALID when it cannot be read or is empty. */
export function tokenFileCredentials({ file, certificate, mask }: TokenFile): CredentialSource {
  return renewingCredentials(async () => {
    const token = (await readFile(file, 'utf8').catch(thrown => fail(file, thrown))).trim();
    if (token === '') fail(file, 'it is empty');
    mask(token);
    return { credentials: { authorization: `Bearer ${token}`, certificate }, expires: Date.now() + rereadAfter };
  });
}

function fail(file: string, found: unknown): never {
  throw new ActionError({
    code: 'CLUSTER_INVALID',
    message: `The token file ${file} gave no token.`,
    found: found instanceof Error ? found.message : String(found),
    cause: found,
  });
}
