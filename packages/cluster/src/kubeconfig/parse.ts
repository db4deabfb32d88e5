import { ActionError } from '@eks-gitops/errors';
import { type ClusterEntry, type ContextEntry, kubeconfigSchema, type UserEntry } from './schema.ts';

/** A kubeconfig, or several that were merged; entries know where they were written. */
export interface Kubeconfig {
  readonly currentContext?: string | undefined;
  readonly clusters: ReadonlyMap<string, Placed<ClusterEntry>>;
  readonly users: ReadonlyMap<string, Placed<UserEntry>>;
  readonly contexts: ReadonlyMap<string, Placed<ContextEntry>>;
}

export interface Placed<T> {
  readonly entry: T;
  readonly origin: Origin;
}

export interface Origin {
  /** The file, or `the kubeconfig` where it was given as text. */
  readonly place: string;
  /** What relative paths start from; undefined: the working folder. */
  readonly folder: string | undefined;
}

/** Reads a kubeconfig's text, YAML or JSON. Throws CLUSTER_INVALID. */
export async function parseKubeconfig(text: string, origin: Origin): Promise<Kubeconfig> {
  const { parse } = await import('yaml');
  const parsed = kubeconfigSchema.safeParse(readYaml(text, origin, parse));
  if (!parsed.success) {
    // Places alone: a value may be a secret.
    const found = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`).join('; ');
    throw kubeconfigInvalid(origin.place, { expected: 'a kubeconfig (apiVersion v1, kind Config)', found });
  }
  const { clusters, users, contexts, 'current-context': currentContext } = parsed.data;
  return {
    currentContext,
    clusters: toMap(clusters, origin, ({ cluster }) => cluster),
    users: toMap(users, origin, ({ user }) => user),
    contexts: toMap(contexts, origin, ({ context }) => context),
  };
}

function readYaml(text: string, { place }: Origin, parse: (text: string) => unknown): unknown {
  try {
    return parse(text) ?? {};
  } catch (thrown) {
    // The first line alone: the rest shows the text, which may be a secret.
    throw kubeconfigInvalid(place, { expected: 'YAML', found: String(thrown).split('\n')[0] ?? '' });
  }
}

function toMap<E extends { readonly name: string }, T>(
  entries: readonly E[],
  origin: Origin,
  entryOf: (entry: E) => T,
): ReadonlyMap<string, Placed<T>> {
  const map = new Map<string, Placed<T>>();
  for (const entry of entries) {
    if (map.has(entry.name)) throw kubeconfigInvalid(origin.place, { found: `two entries of the name "${entry.name}"` });
    map.set(entry.name, { entry: entryOf(entry), origin });
  }
  return map;
}

/** Merges kubeconfigs as kubectl does: the first that has a name, or a current context, wins whole (client-go, clientcmd's loader). */
export function mergeKubeconfigs(configs: readonly Kubeconfig[]): Kubeconfig {
  const merge = <T>(maps: readonly ReadonlyMap<string, T>[]): ReadonlyMap<string, T> =>
    new Map(maps.toReversed().flatMap(map => [...map]));
  return {
    currentContext: configs.find(({ currentContext }) => currentContext !== undefined)?.currentContext,
    clusters: merge(configs.map(({ clusters }) => clusters)),
    users: merge(configs.map(({ users }) => users)),
    contexts: merge(configs.map(({ contexts }) => contexts)),
  };
}

export interface InvalidFacts {
  readonly expected?: string;
  readonly found?: string;
  readonly likely?: string;
  readonly remedy?: string;
}

export function kubeconfigInvalid(place: string, facts: InvalidFacts): ActionError {
  return new ActionError({ code: 'CLUSTER_INVALID', message: `There is a fault in ${place}.`, ...facts });
}
