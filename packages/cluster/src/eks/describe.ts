import { ActionError, type AwsCall } from '@eks-gitops/errors';
import type { EksEndpoint } from '../origin.ts';
import { explainAwsFailure } from './aws-failure.ts';
import { type AwsCredentials, awsClientSettings, toSdk } from './identity.ts';

export interface DescribeRequest {
  readonly name: string;
  readonly region: string;
  readonly credentials: AwsCredentials;
  readonly signal: AbortSignal;
}

export interface EksCluster {
  readonly url: URL;
  /** PEM. */
  readonly authorities: string;
  readonly endpoint: EksEndpoint;
}

/** Asks Amazon EKS where a cluster's API server is (DescribeCluster). Throws CLUSTER_NOT_FOUND, CLUSTER_DENIED, CLUSTER_UNREACHABLE. */
export async function describeCluster({ name, region, credentials, signal }: DescribeRequest): Promise<EksCluster> {
  const { EKSClient, DescribeClusterCommand } = await import('@aws-sdk/client-eks');
  const client = new EKSClient({ ...awsClientSettings, region, credentials: toSdk(credentials) });
  try {
    const { cluster } = await client.send(new DescribeClusterCommand({ name }), { abortSignal: signal });
    const { endpoint, certificateAuthority, resourcesVpcConfig: network, status } = cluster ?? {};
    if (!endpoint || !certificateAuthority?.data) throw notReady({ name, region }, status ?? 'no endpoint yet');
    const ranges = network?.publicAccessCidrs ?? [];
    return {
      url: new URL(endpoint),
      authorities: Buffer.from(certificateAuthority.data, 'base64').toString('utf8'),
      endpoint: {
        isPublic: network?.endpointPublicAccess ?? true,
        allowedRanges: ranges.includes('0.0.0.0/0') ? [] : ranges,
        vpc: network?.vpcId,
      },
    };
  } catch (thrown) {
    signal.throwIfAborted();
    throw explain(thrown, { name, region });
  } finally {
    client.destroy();
  }
}

function explain(thrown: unknown, { name, region }: Pick<DescribeRequest, 'name' | 'region'>): ActionError {
  if (thrown instanceof Error && thrown.name === 'ResourceNotFoundException') {
    return new ActionError({
      code: 'CLUSTER_NOT_FOUND',
      message: `There is no cluster ${name} in ${region}.`,
      found: thrown.message,
      likely: 'the name is misspelt, or the cluster is in another region or account',
      remedy: `List those that there are: aws eks list-clusters --region ${region}`,
      cause: thrown,
    });
  }
  const call: AwsCall = {
    purpose: `describe the cluster ${name} in ${region}`,
    right: 'eks:DescribeCluster',
    resource: `arn:aws:eks:${region}:*:cluster/${name}`,
  };
  return explainAwsFailure(thrown, call);
}

function notReady({ name, region }: Pick<DescribeRequest, 'name' | 'region'>, found: string): ActionError {
  return new ActionError({
    code: 'CLUSTER_NOT_FOUND',
    message: `The cluster ${name} in ${region} has no API server yet.`,
    expected: 'status ACTIVE',
    found,
    remedy: `Wait for it: aws eks wait cluster-active --name ${name} --region ${region}`,
  });
}
