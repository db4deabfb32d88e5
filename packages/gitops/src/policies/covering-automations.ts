import { posix } from 'node:path';
import type { ImageUpdateAutomation, LabelSelector } from './flux-objects.ts';

type Operator = LabelSelector['matchExpressions'][number]['operator'];

export interface CoveredPolicy {
  readonly namespace: string;
  /** Undefined when the policy's object is not at hand: then every selector is taken to select it. */
  readonly labels: Readonly<Record<string, string>> | undefined;
}

export interface Covering {
  readonly automations: readonly ImageUpdateAutomation[];
  readonly policy: CoveredPolicy;
  /** The manifests with the policy's markers, from the repository's root. */
  readonly paths: readonly string[];
}

/**
 * The automations that would write the markers of a policy in one of these files: not suspended, in its namespace (or in one
 * that their text does not tell), selecting its labels, with an update path above the file. Whether an automation's source is
 * this very repository cannot be told from its text; it is taken to be.
 * Source: image-automation-controller v1.2, getPolicies and ApplyPolicies.
 */
export function coveringAutomations({ automations, policy, paths }: Covering): ImageUpdateAutomation[] {
  return automations.filter(
    ({ suspend, strategy, namespace, policySelector, updatePath }) =>
      !suspend &&
      strategy === 'Setters' &&
      (namespace === undefined || namespace === policy.namespace) &&
      (policySelector === undefined || policy.labels === undefined || selectsLabels(policySelector, policy.labels)) &&
      paths.some(path => isUnder(path, updatePath)),
  );
}

/** Source: k8s.io/apimachinery, metav1.LabelSelectorAsSelector. */
function selectsLabels({ matchLabels, matchExpressions }: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  const own = new Map(Object.entries(labels));
  return (
    Object.entries(matchLabels).every(([key, value]) => own.get(key) === value) &&
    matchExpressions.every(({ key, operator, values }) => meets[operator](own.get(key), values))
  );
}

const meets: Readonly<Record<Operator, (value: string | undefined, values: readonly string[]) => boolean>> = {
  In: (value, values) => value !== undefined && values.includes(value),
  NotIn: (value, values) => value === undefined || !values.includes(value),
  Exists: value => value !== undefined,
  DoesNotExist: value => value === undefined,
};

/** The controller joins the path below the root, whatever it begins with. */
function isUnder(file: string, updatePath: string): boolean {
  const folder = posix.join('/', updatePath, '/');
  return folder === '/' || `/${file}/`.startsWith(folder);
}
