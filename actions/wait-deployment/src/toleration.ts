import { input } from '@eks-gitops/action';
import { type FaultKind, type Tolerances, tolerable } from '@eks-gitops/cluster/rollout';

export interface Toleration {
  readonly kind: FaultKind;
  /** In milliseconds. */
  readonly time: number;
}

/** Reads `NAME`, which is tolerated for as long as is waited, or `NAME=DURATION`. Throws a sentence. */
export function parseToleration(item: string): Toleration {
  const [name = '', duration, ...more] = item.split('=').map(part => part.trim());
  const kind = tolerable.find(one => one === name);
  if (kind === undefined || more.length > 0) throw new Error(`"${item}" names none of ${tolerable.join(', ')}`);
  return { kind, time: duration === undefined ? Number.POSITIVE_INFINITY : input.parseDuration(duration) };
}

export function tolerancesOf(tolerations: readonly Toleration[]): Tolerances {
  return Object.fromEntries(tolerations.map(({ kind, time }) => [kind, time]));
}
