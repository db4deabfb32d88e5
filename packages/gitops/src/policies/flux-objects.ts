import type { TagRule } from './tag-order.ts';

interface FluxObject {
  readonly path: string;
  /** Where the object begins, from 1. */
  readonly line: number;
  /** Undefined when its own text has none: a kustomization may set it. */
  readonly namespace: string | undefined;
  readonly name: string;
  readonly suspend: boolean;
}

interface ObjectReference {
  readonly name: string;
  readonly namespace: string | undefined;
}

/** Source: image-reflector-controller, api/v1, ImagePolicy. */
export interface ImagePolicy extends FluxObject {
  readonly labels: Readonly<Record<string, string>>;
  readonly imageRepositoryRef: ObjectReference;
  readonly rule: TagRule;
  readonly digestReflectionPolicy: 'Never' | 'IfNotPresent' | 'Always';
}

/** A label selector of Kubernetes; an empty one selects everything. */
export interface LabelSelector {
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly matchExpressions: readonly {
    readonly key: string;
    readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
    readonly values: readonly string[];
  }[];
}

/** Source: image-automation-controller, api/v1, ImageUpdateAutomation. */
export interface ImageUpdateAutomation extends FluxObject {
  readonly sourceRef: ObjectReference & { readonly kind: string };
  /** From the root of the source's repository, as written; empty is all of it. */
  readonly updatePath: string;
  readonly strategy: string;
  /** Undefined selects every policy of the namespace. */
  readonly policySelector: LabelSelector | undefined;
  /** Where it pushes: its push branch, else the branch that it checks out; undefined when that is the source's own. */
  readonly branch: string | undefined;
}
