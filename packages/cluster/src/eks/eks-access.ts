import { ActionError } from '@eks-gitops/errors';
import { proxyFor, proxySettings } from '@eks-gitops/http';
import type { ClusterAccess } from '../access.ts';
import type { ClusterOptions, EksTarget } from '../cluster.ts';
import { type CredentialSource, renewingCredentials } from '../http/credentials.ts';
import { readClusterName } from './cluster-name.ts';
import { describeCluster } from './describe.ts';
import { type AwsCredentials, findIdentity, whoAmI } from './identity.ts';
import { mintToken } from './token.ts';

type World = Pick<ClusterOptions, 'env' | 'signal' | 'mask'>;

/** Milliseconds; the cluster takes a token for 15 minutes. */
const tokenLife = 13 * 60_000;
/** Milliseconds before the end of AWS credentials from which they are not used any more. */
const reserve = 60_000;

/** Access to a cluster of Amazon EKS: its address from DescribeCluster, tokens minted here. Throws as `openCluster` says. */
export async function eksAccess(target: EksTarget, { env, signal, mask }: World): Promise<ClusterAccess> {
  const asked = readClusterName(target, env);
  const region = asked.region ?? (await profileRegion(env));
  const { name } = asked;
  const identity = (): Promise<AwsCredentials> => findIdentity({ region, roleArn: target.roleArn, env, signal, mask });
  const credentials = await identity();
  const { url, authorities, endpoint } = await describeCluster({ name, region, credentials, signal });
  return {
    server: { url, authorities, skipVerification: false, proxy: proxyFor(url, proxySettings(env)) },
    credentials: eksCredentials({ cluster: name, region, first: credentials, identity, mask }),
    headers: {},
    origin: { kind: 'eks', name, region, endpoint, principal: async () => whoAmI({ region, credentials: await identity() }) },
    notices: [],
  };
}

interface TokenSource {
  readonly cluster: string;
  readonly region: string;
  /** Those that are there already; used until they end or a token of them is refused. */
  readonly first: AwsCredentials;
  readonly identity: () => Promise<AwsCredentials>;
  readonly mask: (secret: string) => void;
}

/** A token is no better than the AWS credentials that signed it: it ends with them. */
function eksCredentials({ cluster, region, first, identity, mask }: TokenSource): CredentialSource {
  let held: AwsCredentials | undefined = first;
  return renewingCredentials(async () => {
    const credentials = held !== undefined && lifeLeft(held) > 0 ? held : await identity();
    held = undefined;
    const token = await mintToken({ cluster, region, credentials, now: new Date() });
    for (const secret of [token, token.replace('k8s-aws-v1.', '')]) mask(secret);
    return {
      credentials: { authorization: `Bearer ${token}` },
      expires: Date.now() + Math.max(1_000, Math.min(tokenLife, lifeLeft(credentials))),
    };
  });
}

function lifeLeft({ expiration }: AwsCredentials): number {
  return expiration === undefined ? Number.POSITIVE_INFINITY : expiration.getTime() - Date.now() - reserve;
}

/** The region of the AWS profile, as the SDK finds it. Throws INPUT_INVALID when there is none. */
async function profileRegion(env: ClusterOptions['env']): Promise<string> {
  const { EKSClient } = await import('@aws-sdk/client-eks');
  const profile = env['AWS_PROFILE'];
  const client = new EKSClient(profile ? { profile } : {});
  try {
    return await client.config.region();
  } catch (thrown) {
    throw new ActionError({
      code: 'INPUT_INVALID',
      message: 'The region of the cluster is not known.',
      expected: 'a region, the cluster by its ARN, AWS_REGION, or a profile with a region',
      found: 'none of them',
      cause: thrown,
    });
  } finally {
    client.destroy();
  }
}
