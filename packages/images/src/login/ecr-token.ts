import { ActionError } from '@eks-gitops/errors';
import type { Credentials } from '../credentials.ts';
import type { EcrHost } from './ecr-host.ts';

export interface EcrTokenRequest {
  readonly registry: string;
  readonly host: EcrHost;
  readonly signal: AbortSignal;
  readonly mask: (secret: string) => void;
}

/**
 * Gets a user and password for a private ECR registry from AWS (GetAuthorizationToken), with the credentials that the AWS SDK finds by
 * itself: environment, OIDC role, profile, container or instance role. The registry's account is not sent: a token is good for every
 * registry that its principal may use, and the parameter is deprecated. When the token says it expires is not looked at; a registry that
 * refuses it says so. Throws ECR_LOGIN_FAILED.
 */
export async function fetchEcrToken({ registry, host, signal, mask }: EcrTokenRequest): Promise<Credentials> {
  const { ECRClient, GetAuthorizationTokenCommand } = await import('@aws-sdk/client-ecr');
  const client = new ECRClient({
    region: host.region,
    useFipsEndpoint: host.fips,
    useDualstackEndpoint: host.dualStack,
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 15_000, throwOnRequestTimeout: true },
  });
  try {
    const timed = AbortSignal.any([signal, AbortSignal.timeout(60_000)]);
    const answer = await client.send(new GetAuthorizationTokenCommand({}), { abortSignal: timed });
    return readToken(answer.authorizationData?.[0]?.authorizationToken, { registry, mask });
  } catch (thrown) {
    signal.throwIfAborted();
    throw explainEcrFailure(thrown, { registry, host });
  } finally {
    client.destroy();
  }
}

function readToken(token: string | undefined, { registry, mask }: Pick<EcrTokenRequest, 'registry' | 'mask'>): Credentials {
  if (token !== undefined) mask(token);
  const decoded = Buffer.from(token ?? '', 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  const [username, password] = [decoded.slice(0, Math.max(colon, 0)), decoded.slice(colon + 1)];
  if (username === '' || password === '') {
    throw new ActionError({
      code: 'ECR_LOGIN_FAILED',
      message: `Amazon ECR gave no token for ${registry}.`,
      expected: 'the base64 of user:password',
      found: token === undefined ? 'no token' : 'something else',
    });
  }
  mask(password);
  return { kind: 'basic', username, password };
}

interface Explanation {
  readonly likely?: string;
  readonly remedy: string;
}

/** Turns what the AWS SDK throws into ECR_LOGIN_FAILED with the missing right, the missing credentials or the unreachable endpoint. */
export function explainEcrFailure(
  thrown: unknown,
  { registry, host }: { readonly registry: string; readonly host: EcrHost },
): ActionError {
  if (thrown instanceof ActionError) return thrown;
  const name = thrown instanceof Error ? thrown.name : '';
  const words = thrown instanceof Error ? thrown.message : String(thrown);
  return new ActionError({
    code: 'ECR_LOGIN_FAILED',
    message: `Amazon ECR in ${host.region} gave no token for ${registry}.`,
    found: name === '' || words.startsWith(name) ? words : `${name}: ${words}`,
    ...explain(name, words, host),
    cause: thrown,
  });
}

function explain(name: string, words: string, host: EcrHost): Explanation {
  if (name === 'CredentialsProviderError' || name === 'TokenProviderError') return noCredentials;
  if (/AccessDenied|UnauthorizedOperation/.test(name)) return denied(words);
  if (/ExpiredToken|UnrecognizedClient|InvalidClientTokenId|InvalidSignature|SignatureDoesNotMatch/.test(name)) return stale;
  return {
    likely: `the endpoint of Amazon ECR in ${host.region} cannot be reached from here, or AWS is failing`,
    remedy: 'Check network, proxy and region, and run the step again.',
  };
}

const noCredentials: Explanation = {
  likely: 'there are no AWS credentials in this job',
  remedy:
    'On GitHub give the job "permissions: id-token: write" and run aws-actions/configure-aws-credentials with role-to-assume before this step; elsewhere set the AWS_… variables or give the machine a role. With another login use the inputs username and password, or login: none.',
};

const stale: Explanation = {
  likely: 'the AWS credentials have expired or are not valid',
  remedy: 'Get fresh credentials (configure-aws-credentials, or sign in again) and run the step again.',
};

function denied(words: string): Explanation {
  const action = /perform: (\S+:\w+)/.exec(words)?.[1] ?? 'ecr:GetAuthorizationToken';
  const resource = /on resource: (\S+)/.exec(words)?.[1] ?? '*';
  return {
    likely: `the role of this step may not call ${action}`,
    remedy: `Add to its policy: {"Effect": "Allow", "Action": "${action}", "Resource": "${resource}"}`,
  };
}
