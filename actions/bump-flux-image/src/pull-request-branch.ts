import { createHash } from 'node:crypto';
import { formatPolicyName } from '@eks-gitops/gitops';
import type { GivenTarget } from './target.ts';

const longest = 100;

/** The branch of the one pull request that is kept for these policies, whatever their order. */
export function pullRequestBranch(targets: readonly Pick<GivenTarget, 'policy'>[]): string {
  const names = targets.map(({ policy }) => formatPolicyName(policy).replace(':', '/')).sort();
  const name = `eks-gitops/${names.join('+')}`;
  if (name.length <= longest) return name;
  return `eks-gitops/${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;
}
