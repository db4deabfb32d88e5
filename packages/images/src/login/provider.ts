import { ActionError } from '@eks-gitops/errors';
import type { CredentialProvider, Credentials } from '../credentials.ts';
import { parseEcrHost } from '../ecr/host.ts';
import { fetchEcrToken } from '../ecr/token.ts';
import { askCredentialHelper } from './credential-helper.ts';
import { findLogin, readDockerConfig } from './docker-config.ts';

/**
 * auto: the given user, else the docker configuration, else a token of AWS for a private ECR registry. ecr: a token of AWS. none: only
 * what the docker configuration holds.
 */
export type LoginMode = 'auto' | 'ecr' | 'none';

export interface LoginOptions {
  readonly mode: LoginMode;
  /** The registry that the login is for: `user` is shown to no other, and `ecr` asks AWS for no other. */
  readonly registry: string;
  readonly user?: { readonly username: string; readonly password: string } | undefined;
  /** ARN of the role that asks AWS for the token of `registry`; with it, the docker configuration is not asked for that registry. */
  readonly roleToAssume?: string | undefined;
  /** Names docker's configuration, and where its helpers are found. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Called with every secret before it is used. */
  readonly mask: (secret: string) => void;
}

/**
 * Finds the credentials of registries, each once. When a registry refuses them (`renew`), they are got afresh; a login from the docker
 * configuration that an ECR registry refuses is replaced by a token of AWS.
 */
export function openLogin(options: LoginOptions): CredentialProvider {
  const found = new Map<string, Promise<Credentials>>();
  return (registry, { renew }) => {
    const known = found.get(registry);
    if (known !== undefined && !renew) return known;
    const finding = find(registry, options, { renew }).then(credentials => masked(credentials, options.mask));
    found.set(registry, finding);
    finding.catch(() => found.delete(registry));
    return finding;
  };
}

async function find(registry: string, options: LoginOptions, { renew }: { renew: boolean }): Promise<Credentials> {
  const { mode, user, roleToAssume, signal, mask } = options;
  const own = registry === options.registry;
  if (own && user !== undefined) return { kind: 'basic', ...user };
  const host = parseEcrHost(registry);
  const askAws = (): Promise<Credentials> => {
    if (host === undefined) throw notEcr(registry);
    return fetchEcrToken({ registry, host, roleToAssume: own ? roleToAssume : undefined, signal, mask });
  };
  if (own && (mode === 'ecr' || roleToAssume !== undefined)) return askAws();
  if (mode === 'none' || host === undefined) return stored(registry, options);
  if (renew) return askAws();
  const kept = await stored(registry, options).catch(noneWhereHelperFails);
  return kept.kind === 'anonymous' ? askAws() : kept;
}

async function stored(registry: string, { env, signal }: LoginOptions): Promise<Credentials> {
  const login = findLogin(await readDockerConfig(env), registry);
  switch (login.kind) {
    case 'none':
      return { kind: 'anonymous' };
    case 'credentials':
      return login.credentials;
    case 'helper':
      return askCredentialHelper({ helper: login.helper, server: login.server, env, signal });
  }
}

/** A broken helper keeps nobody from Amazon ECR, which has another way. */
function noneWhereHelperFails(thrown: unknown): Credentials {
  if (thrown instanceof ActionError && thrown.code === 'CREDENTIAL_HELPER_FAILED') return { kind: 'anonymous' };
  throw thrown;
}

function masked(credentials: Credentials, mask: (secret: string) => void): Credentials {
  if (credentials.kind === 'identity-token') mask(credentials.token);
  if (credentials.kind === 'basic') {
    mask(credentials.password);
    mask(Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64'));
  }
  return credentials;
}

function notEcr(registry: string): ActionError {
  return new ActionError({
    code: 'ECR_LOGIN_FAILED',
    message: `${registry} is not a private Amazon ECR registry, so AWS has no token for it.`,
    expected: '<account>.dkr.ecr.<region>.amazonaws.com, or its FIPS, dual-stack or China form',
    found: registry,
    remedy: 'check the image name, or use login: auto',
  });
}
