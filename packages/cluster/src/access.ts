import type { CredentialSource } from './http/credentials.ts';
import type { ServerAccess } from './http/transport.ts';
import type { ClusterOrigin } from './origin.ts';

/** All that is needed to talk to a cluster, however it was found. */
export interface ClusterAccess {
  readonly server: ServerAccess;
  readonly credentials: CredentialSource;
  /** Headers of every request: whom to impersonate. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly origin: ClusterOrigin;
  /** What the user should know of it. */
  readonly notices: readonly string[];
}
