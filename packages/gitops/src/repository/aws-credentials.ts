import { ActionError } from '@eks-gitops/errors';
import type { Environment } from '../git.ts';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface CredentialsQuestion {
  readonly env: Environment;
  /** A profile of the AWS configuration files; without one, the first that the chain finds. */
  readonly profile?: string | undefined;
}

/** Gives credentials that are good now; may be asked often, since the SDK keeps them until they expire. */
export type AwsCredentialsProvider = () => Promise<AwsCredentials>;

/**
 * AWS credentials of the given environment, else what the AWS SDK's chain finds (profiles, OIDC role, container and instance roles; that
 * part reads the process's own environment). The provider rejects with AWS_CREDENTIALS_MISSING.
 */
export function findAwsCredentials({ env, profile = env['AWS_PROFILE'] }: CredentialsQuestion): AwsCredentialsProvider {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = env;
  if (!profile && accessKeyId && secretAccessKey) {
    return async () => ({ accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) });
  }
  let chain: Promise<AwsCredentialsProvider> | undefined;
  return async () => {
    chain ??= import('@aws-sdk/credential-provider-node').then(({ defaultProvider }) =>
      defaultProvider({ maxRetries: 2, timeout: 2_000, ...(profile ? { profile } : {}) }),
    );
    const provide = await chain;
    return await provide().catch(noCredentials);
  };
}

function noCredentials(thrown: unknown): never {
  throw new ActionError({
    code: 'AWS_CREDENTIALS_MISSING',
    message: 'There are no AWS credentials to sign in to CodeCommit with.',
    found: thrown instanceof Error ? thrown.message : String(thrown),
    remedy:
      'On GitHub give the job "permissions: id-token: write" and run aws-actions/configure-aws-credentials before this step; elsewhere set the AWS_… variables or give the machine a role.',
    cause: thrown,
  });
}
