import { ActionError } from '@eks-gitops/errors';

export interface AwsCall {
  /** For example `describe the cluster shop in us-west-2`. */
  readonly purpose: string;
  /** The IAM action that allows it: `eks:DescribeCluster`. */
  readonly right: string;
  readonly resource: string;
}

/** Turns what the AWS SDK throws into the missing right, the missing or expired credentials, or the unreachable endpoint. */
export function explainAwsFailure(thrown: unknown, call: AwsCall): ActionError {
  if (thrown instanceof ActionError) return thrown;
  const name = thrown instanceof Error ? thrown.name : '';
  const words = thrown instanceof Error ? thrown.message : String(thrown);
  const found = name === '' || name === 'Error' || words.startsWith(name) ? words : `${name}: ${words}`;
  return new ActionError({ ...explain(name, words, call), found, cause: thrown });
}

function explain(
  name: string,
  words: string,
  { purpose, right, resource }: AwsCall,
): ConstructorParameters<typeof ActionError>[0] {
  if (/AccessDenied|UnauthorizedOperation/.test(name)) {
    const action = /perform: (\S+:\w+)/.exec(words)?.[1] ?? right;
    const target = /on resource: (\S+)/.exec(words)?.[1] ?? resource;
    return {
      code: 'CLUSTER_DENIED',
      message: `AWS did not allow it: could not ${purpose}.`,
      likely: `the identity of this step may not call ${action}, or the role does not trust it`,
      remedy: `Add to its policy: {"Effect": "Allow", "Action": "${action}", "Resource": "${target}"}`,
    };
  }
  if (/ExpiredToken|UnrecognizedClient|InvalidClientTokenId|InvalidSignature|SignatureDoesNotMatch/.test(name)) {
    return {
      code: 'CLUSTER_DENIED',
      message: `AWS did not accept the credentials: could not ${purpose}.`,
      likely: 'the AWS credentials have expired or are not valid',
      remedy: 'Get fresh credentials (configure-aws-credentials, or sign in again) and run the step again.',
    };
  }
  return {
    code: 'CLUSTER_UNREACHABLE',
    message: `AWS gave no answer: could not ${purpose}.`,
    likely: 'the endpoint cannot be reached from here, the region does not exist, or AWS is failing',
    remedy: 'Check network, proxy and region, and run the step again.',
  };
}
