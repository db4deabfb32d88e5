import { ActionError } from '@eks-gitops/errors';
import type { Credentials } from '../credentials.ts';
import { callLimit, type EcrAccess, openEcrClient } from './client.ts';
import { explainAwsError } from './failure.ts';
import type { EcrHost } from './host.ts';

export interface EcrTokenRequest extends EcrAccess {
  readonly registry: string;
}

/**
 * Gets a user and password for a private ECR registry from AWS (GetAuthorizationToken). The registry's account is not sent: a token is
 * good for every registry that its principal may use, and the parameter is deprecated. When the token says it expires is not looked at;
 * a registry that refuses it says so. Throws ECR_LOGIN_FAILED, and what openEcrClient throws.
 */
export async function fetchEcrToken(request: EcrTokenRequest): Promise<Credentials> {
  const { registry, host, signal, mask } = request;
  const { GetAuthorizationTokenCommand } = await import('@aws-sdk/client-ecr');
  const client = await openEcrClient(request);
  try {
    const timed = AbortSignal.any([signal, AbortSignal.timeout(callLimit)]);
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

/** Turns what the AWS SDK throws into ECR_LOGIN_FAILED with the missing right, the missing credentials or the unreachable endpoint. */
export function explainEcrFailure(
  thrown: unknown,
  { registry, host: { region } }: { readonly registry: string; readonly host: EcrHost },
): ActionError {
  if (thrown instanceof ActionError) return thrown;
  return new ActionError({
    ...explainAwsError(thrown, { region, right: 'ecr:GetAuthorizationToken', resource: '*' }),
    code: 'ECR_LOGIN_FAILED',
    message: `Amazon ECR in ${region} gave no token for ${registry}.`,
    cause: thrown,
  });
}
