import { ActionError } from '@eks-gitops/errors';
import { concerns, formatFault } from '../markers/fault.ts';
import { formatPolicyName, type PolicyName } from '../markers/policy-name.ts';
import type { ImagePolicy } from './flux-objects.ts';
import type { FluxObjects } from './read-flux-objects.ts';

/**
 * The ImagePolicy of a name, or undefined when the manifests do not hold it. One whose text tells no namespace is taken where
 * none tells the right one. Throws POLICY_INVALID when its objects differ in what they order by, or the only ones are malformed,
 * and MANIFEST_INVALID when a manifest that speaks of it cannot be read and no other holds it.
 */
export function findPolicy({ policies, malformed, faults }: FluxObjects, policy: PolicyName): ImagePolicy | undefined {
  const named = policies.filter(({ name }) => name === policy.name);
  const exact = named.filter(({ namespace }) => namespace === policy.namespace);
  const candidates = exact.length > 0 ? exact : named.filter(({ namespace }) => namespace === undefined);
  const [first, ...others] = candidates;
  if (first !== undefined) {
    if (others.every(other => meaningOf(other) === meaningOf(first))) return first;
    throw invalid(policy, `has several objects that order tags in different ways`, candidates.map(placeOf).join(', '));
  }
  const wrong = malformed.find(
    ({ objectKind, name, namespace }) =>
      objectKind === 'ImagePolicy' && name === policy.name && (namespace === undefined || namespace === policy.namespace),
  );
  if (wrong !== undefined) throw invalid(policy, 'is malformed', `${placeOf(wrong)}: ${wrong.reason}`);
  const unread = faults.find(fault => concerns(fault, policy));
  if (unread !== undefined) {
    throw new ActionError({
      code: 'MANIFEST_INVALID',
      message: `A manifest that may hold the ImagePolicy ${formatPolicyName(policy)} cannot be read.`,
      expected: 'well-formed YAML in UTF-8',
      found: formatFault(unread),
    });
  }
  return undefined;
}

function meaningOf({ rule: { filterTags, policy }, digestReflectionPolicy }: ImagePolicy): string {
  return JSON.stringify([filterTags, policy, digestReflectionPolicy]);
}

function placeOf({ path, line }: { readonly path: string; readonly line: number }): string {
  return `${path}:${line}`;
}

function invalid(policy: PolicyName, what: string, found: string): ActionError {
  return new ActionError({
    code: 'POLICY_INVALID',
    message: `The ImagePolicy ${formatPolicyName(policy)} ${what}.`,
    expected: 'one ImagePolicy of that name with imageRepositoryRef and policy',
    found,
    likely: 'A patch, or the overlay of another cluster, stands beside the object.',
    remedy: 'Correct the object, or give the policy explicitly.',
  });
}
