import { type ActionError, type AwsCall, explainAwsFailure as explain } from '@eks-gitops/errors';

const codes = { denied: 'CLUSTER_DENIED', throttled: 'CLUSTER_UNREACHABLE', unreachable: 'CLUSTER_UNREACHABLE' } as const;

/** Turns what the AWS SDK throws on the way to a cluster into CLUSTER_DENIED or CLUSTER_UNREACHABLE. */
export function explainAwsFailure(thrown: unknown, call: Omit<AwsCall, 'codes'>): ActionError {
  return explain(thrown, { ...call, codes });
}
