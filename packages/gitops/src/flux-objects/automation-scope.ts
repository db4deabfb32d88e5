import type { YAMLMap } from 'yaml';
import { z } from 'zod';
import type { PolicyName } from '../markers/index.ts';
import type { ImageObject } from './find-objects.ts';
import { isBelow } from './folder.ts';

const labels = z.record(z.string(), z.string());
const requirement = z.looseObject({ key: z.string(), operator: z.string(), values: z.array(z.string()).optional() });
const selector = z.looseObject({ matchLabels: labels.optional(), matchExpressions: z.array(requirement).optional() });
const automation = z.looseObject({
  spec: z.looseObject({
    suspend: z.boolean().optional(),
    policySelector: selector.optional(),
    update: z.looseObject({ path: z.string().optional() }).optional(),
  }),
});
const labelled = z.looseObject({ metadata: z.looseObject({ labels: labels.optional() }) });

export interface ScopeQuestion {
  readonly objects: readonly ImageObject[];
  readonly policy: PolicyName;
  readonly labels: Readonly<Record<string, string>>;
  /** The files that hold the policy's markers. */
  readonly files: readonly string[];
}

/** An ImageUpdateAutomation that writes a policy's markers, or would if it were not suspended. */
export interface CoveringAutomation {
  readonly object: ImageObject;
  readonly suspended: boolean;
  /** Whether it covers all of the files. */
  readonly whole: boolean;
}

/**
 * The ImageUpdateAutomations that cover a policy: those of its namespace, selecting its labels, with markers below its path.
 * Source: image-automation-controller, docs/spec/v1, "PolicySelector" and "Update".
 */
export function coveringAutomations({ objects, policy, labels, files }: ScopeQuestion): readonly CoveringAutomation[] {
  return objects.flatMap(object => {
    if (object.kind !== 'ImageUpdateAutomation' || (object.namespace ?? policy.namespace) !== policy.namespace) return [];
    const parsed = automation.safeParse(plain(object.root));
    if (!parsed.success) return [];
    const { policySelector, update, suspend = false } = parsed.data.spec;
    const covered = selects(policySelector, labels) ? files.filter(file => isBelow(file, update?.path ?? '.')) : [];
    return covered.length === 0 ? [] : [{ object, suspended: suspend, whole: covered.length === files.length }];
  });
}

/** The labels of an object; none when it has none. */
export function labelsOf({ root }: ImageObject): Readonly<Record<string, string>> {
  const parsed = labelled.safeParse(plain(root));
  return parsed.success ? (parsed.data.metadata.labels ?? {}) : {};
}

function selects(given: z.infer<typeof selector> | undefined, has: Readonly<Record<string, string>>): boolean {
  const { matchLabels = {}, matchExpressions = [] } = given ?? {};
  return (
    Object.entries(matchLabels).every(([key, value]) => has[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => meets(has[key], operator, values))
  );
}

function meets(value: string | undefined, operator: string, values: readonly string[]): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}

function plain(root: YAMLMap.Parsed): unknown {
  return root.toJSON();
}
