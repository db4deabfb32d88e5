import { isDeepStrictEqual } from 'node:util';

/** What a request shows to the server. */
export interface Credentials {
  /** The whole value of the Authorization header. */
  readonly authorization?: string | undefined;
  readonly certificate?: ClientCertificate | undefined;
}

/** PEM. */
export interface ClientCertificate {
  readonly certificate: string;
  readonly key: string;
}

export interface ObtainedCredentials {
  readonly credentials: Credentials;
  /** Milliseconds since the epoch after which they are not to be shown any more; without it, they are shown until they are refused. */
  readonly expires?: number | undefined;
}

export interface CredentialSource {
  readonly current: () => Promise<Credentials>;
  /** Others than those that a server has refused; undefined when there are none. */
  readonly renew: (refused: Credentials) => Promise<Credentials | undefined>;
}

/** Credentials that are obtained when first needed, again before they expire, and once more when a server refuses them. */
export function renewingCredentials(obtain: () => Promise<ObtainedCredentials>): CredentialSource {
  let standing: Promise<ObtainedCredentials> | undefined;
  const refresh = (): Promise<ObtainedCredentials> => {
    const asked = obtain();
    standing = asked;
    asked.catch(() => {
      if (standing === asked) standing = undefined;
    });
    return asked;
  };
  const current = async (): Promise<Credentials> => {
    const asked = standing ?? refresh();
    const { credentials, expires } = await asked;
    if (expires === undefined || expires > Date.now()) return credentials;
    const fresh = standing === asked ? refresh() : current().then(found => ({ credentials: found }));
    return (await fresh).credentials;
  };
  const renew = async (refused: Credentials): Promise<Credentials | undefined> => {
    const held = await current();
    if (held !== refused) return held;
    const { credentials } = await refresh();
    return isDeepStrictEqual(credentials, refused) ? undefined : credentials;
  };
  return { current, renew };
}

/** Credentials that never change. */
export function fixedCredentials(credentials: Credentials): CredentialSource {
  return { current: async () => credentials, renew: async () => undefined };
}
