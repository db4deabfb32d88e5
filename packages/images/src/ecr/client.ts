import type { ECRClient } from '@aws-sdk/client-ecr';
import { ActionError } from '@eks-gitops/errors';
import { explainAwsError } from './failure.ts';
import type { EcrHost } from './host.ts';

/** How a registry's account is asked. */
export interface EcrAccess {
  readonly host: EcrHost;
  /** ARN of a role that is assumed first, such as one of the registry's account. */
  readonly roleToAssume: string | undefined;
  readonly signal: AbortSignal;
  readonly mask: (secret: string) => void;
}

/**
 * A client of Amazon ECR in the region of a registry, at its FIPS or dual-stack endpoint where the registry's name is one. Credentials
 * are those that the AWS SDK finds by itself (environment, OIDC role, profile, container or instance role); with a role, those of a
 * session of it. Throws AWS_DENIED and the like for the role. To be destroyed.
 */
export async function openEcrClient(access: EcrAccess): Promise<ECRClient> {
  const { ECRClient } = await import('@aws-sdk/client-ecr');
  const { roleToAssume } = access;
  const settings = clientSettings(access.host);
  if (roleToAssume === undefined) return new ECRClient(settings);
  return new ECRClient({ ...settings, credentials: await assumeRole(access, roleToAssume) });
}

/** Milliseconds in which a call has to be answered, repetitions included. */
export const callLimit = 60_000;

function clientSettings({ region, fips, dualStack }: EcrHost) {
  return {
    region,
    useFipsEndpoint: fips,
    useDualstackEndpoint: dualStack,
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 15_000, throwOnRequestTimeout: true },
  };
}

interface RoleCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

async function assumeRole({ host, signal, mask }: EcrAccess, role: string): Promise<RoleCredentials> {
  const { STSClient, AssumeRoleCommand } = await import('@aws-sdk/client-sts');
  const client = new STSClient(clientSettings(host));
  try {
    const timed = AbortSignal.any([signal, AbortSignal.timeout(callLimit)]);
    const command = new AssumeRoleCommand({ RoleArn: role, RoleSessionName: 'eks-gitops-actions', DurationSeconds: 3_600 });
    const { Credentials: given } = await client.send(command, { abortSignal: timed });
    const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken } = given ?? {};
    if (!accessKeyId || !secretAccessKey || !sessionToken) throw new Error('AWS STS gave no credentials');
    for (const secret of [secretAccessKey, sessionToken]) mask(secret);
    return { accessKeyId, secretAccessKey, sessionToken };
  } catch (thrown) {
    signal.throwIfAborted();
    const explanation = explainAwsError(thrown, { region: host.region, right: 'sts:AssumeRole', resource: role });
    const trust = explanation.code === 'AWS_DENIED' ? `; or the role's trust policy does not name it` : '';
    throw new ActionError({
      ...explanation,
      message: `Could not assume the role ${role}.`,
      likely: `${explanation.likely}${trust}`,
      cause: thrown,
    });
  } finally {
    client.destroy();
  }
}
