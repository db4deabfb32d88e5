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
  readonly profile: string | undefined;
}

/**
 * Finds AWS credentials: those of the given environment, else what the AWS SDK's chain finds (profiles, OIDC role, container and
 * instance roles; that part reads the process's own environment). Throws AWS_CREDENTIALS_MISSING.
 */
export async function findAwsCredentials({ env, profile }: CredentialsQuestion): Promise<AwsCredentials> {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = env;
  if (profile === undefined && !env['AWS_PROFILE'] && accessKeyId && secretAccessKey) {
    return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
  }
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
  const named = profile ?? env['AWS_PROFILE'];
  try {
    return await defaultProvider({ maxRetries: 2, timeout: 2_000, ...(named ? { profile: named } : {}) })();
  } catch (thrown) {
    throw new ActionError({
      code: 'AWS_CREDENTIALS_MISSING',
      message: 'There are no AWS credentials to sign in to CodeCommit with.',
      found: thrown instanceof Error ? thrown.message : String(thrown),
      remedy:
        'On GitHub give the job "permissions: id-token: write" and run aws-actions/configure-aws-credentials before this step; elsewhere set the AWS_… variables or give the machine a role.',
      cause: thrown,
    });
  }
}
