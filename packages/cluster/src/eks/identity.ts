import { ActionError } from '@eks-gitops/errors';
import type { ClusterOptions } from '../cluster.ts';
import { explainAwsFailure } from './aws-failure.ts';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  readonly expiration?: Date | undefined;
}

export interface IdentityRequest {
  readonly region: string;
  readonly roleArn: string | undefined;
  readonly env: ClusterOptions['env'];
  readonly signal: AbortSignal;
  readonly mask: (secret: string) => void;
}

/** Time-outs and repetitions of the AWS SDK, for every service that is asked. */
export const awsClientSettings = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 15_000, throwOnRequestTimeout: true },
};

/**
 * AWS credentials: those of the given environment, else what the AWS SDK's chain finds (profiles, OIDC role, container and instance
 * roles; that part reads the process's own environment); with a role, those of a session of it (STS AssumeRole, an hour).
 * Throws AWS_CREDENTIALS_MISSING, and CLUSTER_DENIED for a role that may not be assumed.
 */
export async function findIdentity(request: IdentityRequest): Promise<AwsCredentials> {
  const own = await ownCredentials(request.env);
  return request.roleArn === undefined ? own : assumeRole(own, request.roleArn, request);
}

async function ownCredentials(env: ClusterOptions['env']): Promise<AwsCredentials> {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = env;
  const profile = env['AWS_PROFILE'];
  if (!profile && accessKeyId && secretAccessKey) {
    return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
  }
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
  try {
    return await defaultProvider({ maxRetries: 2, timeout: 2_000, ...(profile ? { profile } : {}) })();
  } catch (thrown) {
    throw new ActionError({
      code: 'AWS_CREDENTIALS_MISSING',
      message: 'There are no AWS credentials to sign in to Amazon EKS with.',
      found: thrown instanceof Error ? thrown.message : String(thrown),
      remedy:
        'On GitHub give the job "permissions: id-token: write" and run aws-actions/configure-aws-credentials before this step; elsewhere set the AWS_… variables or give the machine a role.',
      cause: thrown,
    });
  }
}

async function assumeRole(
  own: AwsCredentials,
  roleArn: string,
  { region, signal, mask }: IdentityRequest,
): Promise<AwsCredentials> {
  const { STSClient, AssumeRoleCommand } = await import('@aws-sdk/client-sts');
  const client = new STSClient({ ...awsClientSettings, region, credentials: toSdk(own) });
  try {
    const command = new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'eks-gitops-actions', DurationSeconds: 3_600 });
    const { Credentials: given } = await client.send(command, { abortSignal: signal });
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = given ?? {};
    if (!AccessKeyId || !SecretAccessKey || !SessionToken) throw new Error('AWS STS gave no credentials');
    for (const secret of [SecretAccessKey, SessionToken]) mask(secret);
    return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken, expiration: Expiration };
  } catch (thrown) {
    signal.throwIfAborted();
    throw explainAwsFailure(thrown, { purpose: `assume the role ${roleArn}`, right: 'sts:AssumeRole', resource: roleArn });
  } finally {
    client.destroy();
  }
}

/** Who AWS says that some credentials are; undefined when it does not say within five seconds. */
export async function whoAmI({
  region,
  credentials,
}: {
  region: string;
  credentials: AwsCredentials;
}): Promise<string | undefined> {
  const { STSClient, GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
  const client = new STSClient({ ...awsClientSettings, region, credentials: toSdk(credentials) });
  try {
    return (await client.send(new GetCallerIdentityCommand({}), { abortSignal: AbortSignal.timeout(5_000) })).Arn;
  } catch {
    return undefined;
  } finally {
    client.destroy();
  }
}

/** The SDK wants what is not known to be left out. */
export function toSdk({ accessKeyId, secretAccessKey, sessionToken }: AwsCredentials): {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
} {
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}
