/** An ImagePolicy, by which a marker names it. */
export interface PolicyName {
  readonly namespace: string;
  readonly name: string;
}

/** `namespace:name`, as in a marker. */
export function formatPolicyName({ namespace, name }: PolicyName): string {
  return `${namespace}:${name}`;
}

export function isSamePolicy(a: PolicyName, b: PolicyName): boolean {
  return a.namespace === b.namespace && a.name === b.name;
}
