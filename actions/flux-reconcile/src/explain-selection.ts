import { isInScan, type Selection } from '@eks-gitops/cluster/flux';
import { orderTags, type TagRule } from '@eks-gitops/gitops/policies';

/** Why a policy has not selected a tag: half a sentence, the first cause that holds. */
export function explainSelection({ tag, selected, policy, filterTags, order, exclusionList, scan }: Selection): string {
  const origin = `the ImagePolicy ${policy.namespace}/${policy.name}`;
  const excluding = exclusionList.find(pattern => isMatch(pattern, tag, origin));
  if (excluding !== undefined) return `the exclusionList of the ImageRepository leaves ${tag} out, by ${excluding}`;
  if (filterTags !== undefined && !isMatch(filterTags.pattern, tag, origin)) {
    return `its filterTags.pattern ${filterTags.pattern} leaves ${tag} out`;
  }
  const rule = ruleOf(order);
  const tags = rule === undefined ? undefined : orderTags({ origin, filterTags, policy: rule });
  if (tags !== undefined && !tags.selects(tag)) return `${tags.meaning}, which leaves ${tag} out`;
  if (isInScan(scan, tag) === false) {
    return `the scan of ${scan.tagCount} tags did not hold ${tag}: it is not pushed, or to another repository`;
  }
  const difference = tags?.compare(selected, tag);
  if (tags !== undefined && difference !== undefined && difference > 0)
    return `${tags.meaning}, by which ${selected} is the newer one`;
  return `the scan did not hold ${tag}, or the policy holds both equal`;
}

function isMatch(pattern: string, tag: string, origin: string): boolean {
  const filterTags = { pattern, extract: '' };
  return orderTags({ origin, filterTags, policy: { kind: 'alphabetical', order: 'asc' } }).selects(tag);
}

/** `spec.policy` of an ImagePolicy. */
function ruleOf({ semver, alphabetical, numerical }: Selection['order']): TagRule['policy'] | undefined {
  if (semver !== undefined) return { kind: 'semver', range: semver['range'] ?? '' };
  const [kind, order] =
    alphabetical === undefined ? (['numerical', numerical] as const) : (['alphabetical', alphabetical] as const);
  return order && { kind, order: order['order']?.toLowerCase() === 'desc' ? 'desc' : 'asc' };
}
