import { ActionError, explainAwsFailure } from '@eks-gitops/errors';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** A region, and credentials that are renewed when they end. */
export interface AwsSession {
  readonly region: string;
  readonly credentials: () => Promise<AwsCredentials>;
}

export interface AwsSessionOptions {
  /** Default: AWS_REGION, AWS_DEFAULT_REGION of `env`, else the profile's. */
  readonly region: string | undefined;
  /** A role that is assumed first. */
  readonly roleArn: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly mask: (secret: string) => void;
}

/** Time-outs and repetitions of the AWS SDK, for every service that is asked. */
export const awsClientSettings = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 15_000, throwOnRequestTimeout: true },
};

/**
 * Credentials of the environment, else what the AWS SDK's chain finds (profiles, OIDC role, container and instance roles; that part reads
 * the process's own environment); with a role, those of a session of it (STS AssumeRole, an hour, then a new one).
 * Throws AWS_CREDENTIALS_MISSING, INPUT_MISSING without a region, AWS_DENIED and AWS_UNREACHABLE for a role.
 */
export async function openAwsSession({ region: given, roleArn, env, mask }: AwsSessionOptions): Promise<AwsSession> {
  const region = given ?? ownRegion(env) ?? (await profileRegion(env));
  const own = ownCredentials(env);
  const credentials = roleArn === undefined ? own : () => assumeRole({ own, roleArn, region, mask });
  let held: AwsCredentials | undefined;
  const renewed = async (): Promise<AwsCredentials> => {
    if (held === undefined || !lasts(held)) held = await credentials();
    return held;
  };
  // Asked once at the start, so that what is missing is told before anything else.
  await renewed();
  return { region, credentials: renewed };
}

/** Milliseconds before their end from which credentials are not used any more; the SDK asks for new ones just as early. */
const reserve = 5 * 60_000;

function lasts({ expiration }: AwsCredentials): boolean {
  return expiration === undefined || expiration.getTime() - Date.now() > reserve;
}

function ownRegion({ AWS_REGION: region, AWS_DEFAULT_REGION: otherwise }: AwsSessionOptions['env']): string | undefined {
  return region || otherwise || undefined;
}

async function profileRegion(env: AwsSessionOptions['env']): Promise<string> {
  const { STSClient } = await import('@aws-sdk/client-sts');
  const profile = env['AWS_PROFILE'];
  const client = new STSClient(profile ? { profile } : {});
  try {
    return await client.config.region();
  } catch (thrown) {
    throw new ActionError({
      code: 'INPUT_MISSING',
      message: 'The region is not known.',
      expected: 'the input region, AWS_REGION, or a profile with a region',
      found: 'none of them',
      cause: thrown,
    });
  } finally {
    client.destroy();
  }
}

function ownCredentials(env: AwsSessionOptions['env']): () => Promise<AwsCredentials> {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = env;
  const profile = env['AWS_PROFILE'];
  if (!profile && accessKeyId && secretAccessKey) {
    return async () => ({ accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) });
  }
  return async () => {
    const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
    try {
      return await defaultProvider({ maxRetries: 2, timeout: 2_000, ...(profile ? { profile } : {}) })();
    } catch (thrown) {
      throw new ActionError({
        code: 'AWS_CREDENTIALS_MISSING',
        message: 'There are no AWS credentials.',
        found: thrown instanceof Error ? thrown.message : String(thrown),
        remedy:
          'On GitHub give the job "permissions: id-token: write" and run aws-actions/configure-aws-credentials before this step; elsewhere set the AWS_… variables or give the machine a role.',
        cause: thrown,
      });
    }
  };
}

interface RoleRequest extends Pick<AwsSessionOptions, 'mask'> {
  readonly own: () => Promise<AwsCredentials>;
  readonly roleArn: string;
  readonly region: string;
}

async function assumeRole({ own, roleArn, region, mask }: RoleRequest): Promise<AwsCredentials> {
  const { STSClient, AssumeRoleCommand } = await import('@aws-sdk/client-sts');
  const client = new STSClient({ ...awsClientSettings, region, credentials: await own() });
  try {
    const command = new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'eks-gitops-actions', DurationSeconds: 3_600 });
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = (await client.send(command)).Credentials ?? {};
    if (!AccessKeyId || !SecretAccessKey || !SessionToken) throw new Error('AWS STS gave no credentials');
    for (const secret of [SecretAccessKey, SessionToken]) mask(secret);
    const renewed = Expiration === undefined ? {} : { expiration: Expiration };
    return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken, ...renewed };
  } catch (thrown) {
    throw explainAwsFailure(thrown, { purpose: `assume the role ${roleArn}`, right: 'sts:AssumeRole', resource: roleArn });
  } finally {
    client.destroy();
  }
}
