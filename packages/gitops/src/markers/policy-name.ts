/** An ImagePolicy, by which a marker names it. */
export interface PolicyName {
  readonly namespace: string;
  readonly name: string;
}

/** DNS-1123, as Kubernetes has it. */
const label = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;

/** Reads `namespace:name` or `namespace/name`; a name alone is in flux-system. Throws a sentence for anything else. */
export function parsePolicyName(given: string): PolicyName {
  const [first = '', second, ...more] = given.trim().split(/[:/]/);
  const policy = second === undefined ? { namespace: 'flux-system', name: first } : { namespace: first, name: second };
  if (more.length > 0 || !label.test(policy.namespace) || !label.test(policy.name)) {
    throw new Error(`"${given}" names no object of Flux`);
  }
  return policy;
}

/** `namespace:name`, as in a marker. */
export function formatPolicyName({ namespace, name }: PolicyName): string {
  return `${namespace}:${name}`;
}

export function isSamePolicy(a: PolicyName, b: PolicyName): boolean {
  return a.namespace === b.namespace && a.name === b.name;
}
