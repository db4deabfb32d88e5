export const workloadKinds = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;

/** What rolls an image out. */
export type WorkloadKind = (typeof workloadKinds)[number];

export interface WorkloadName {
  readonly kind: WorkloadKind;
  readonly namespace: string;
  readonly name: string;
}

const shortNames: Readonly<Record<string, WorkloadKind>> = { deploy: 'Deployment', sts: 'StatefulSet', ds: 'DaemonSet' };
/** RFC 1123 subdomain, which names of workloads are. */
const nameForm = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

/** A workload as users name it; without a namespace it is looked for in the one that is given beside it. */
export interface GivenWorkload {
  readonly kind: WorkloadKind;
  readonly name: string;
}

/** Reads `NAME` (a Deployment) or `KIND/NAME`, with kinds as kubectl takes them. Throws a sentence for anything else. */
export function parseWorkload(text: string): GivenWorkload {
  const [first = '', second, ...more] = text.trim().split('/');
  const name = second ?? first;
  const kind = second === undefined ? 'Deployment' : parseKind(first);
  if (kind === undefined) throw new Error(`"${first}" is neither a deployment, a statefulset nor a daemonset`);
  if (more.length > 0 || !nameForm.test(name)) throw new Error(`"${text}" is not the name of a workload`);
  return { kind, name };
}

function parseKind(given: string): WorkloadKind | undefined {
  const word = given.toLowerCase().replace(/\.apps$/, '');
  const short = Object.hasOwn(shortNames, word) ? shortNames[word] : undefined;
  return short ?? workloadKinds.find(kind => [kind.toLowerCase(), `${kind.toLowerCase()}s`].includes(word));
}

/** As kubectl names it, with the namespace before it: `shop/deployment/ui`. */
export function formatWorkload({ kind, namespace, name }: WorkloadName): string {
  return `${namespace}/${kind.toLowerCase()}/${name}`;
}
