import { ActionError } from '@eks-gitops/errors';
import type { ClusterOptions, EksTarget } from '../cluster.ts';

export interface EksName {
  readonly name: string;
  /** Undefined: the AWS profile's, if it has one. */
  readonly region: string | undefined;
}

/**
 * A cluster's name and region: from its ARN, the input, or AWS_REGION and AWS_DEFAULT_REGION. Throws INPUT_INVALID for a name that
 * Amazon EKS does not allow (API reference, CreateCluster), and for an ARN of another region than the one given.
 */
export function readClusterName({ name, region }: EksTarget, env: ClusterOptions['env']): EksName {
  const arn = /^arn:aws[\w-]*:eks:([a-z0-9-]+):\d{12}:cluster\/(.+)$/.exec(name);
  const bare = arn?.[2] ?? name;
  if (!/^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/.test(bare)) {
    throw new ActionError({
      code: 'INPUT_INVALID',
      message: `"${name}" cannot be the name of a cluster of Amazon EKS.`,
      expected: 'its name (letters, digits, - and _), or its ARN',
      found: name,
    });
  }
  if (arn?.[1] !== undefined && region !== undefined && arn[1] !== region) {
    throw new ActionError({
      code: 'INPUT_INVALID',
      message: `The cluster ${bare} is not in the region that is given.`,
      expected: `${arn[1]}, as its ARN says, or no region`,
      found: region,
    });
  }
  return { name: bare, region: arn?.[1] ?? (region || env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || undefined) };
}
