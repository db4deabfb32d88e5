/** Which cluster to talk to, and as whom. */
export type ClusterTarget = EksTarget | KubeconfigTarget | InClusterTarget;

/** An Amazon EKS cluster, with a token of the AWS credential chain's identity. */
export interface EksTarget {
  readonly kind: 'eks';
  /** The cluster's name, or its ARN, which holds its region too. */
  readonly name: string;
  /** Default: the ARN's, else AWS_REGION, AWS_DEFAULT_REGION, else the profile's. */
  readonly region?: string | undefined;
  /** A role to assume before anything else is asked. */
  readonly roleArn?: string | undefined;
}

/** What a kubeconfig says, read as kubectl reads it. */
export interface KubeconfigTarget {
  readonly kind: 'kubeconfig';
  /** Default: the files that KUBECONFIG lists, merged, else ~/.kube/config. Not read when `content` is given. */
  readonly path?: string | undefined;
  /** The YAML text itself. */
  readonly content?: string | undefined;
  /** Default: its current-context. */
  readonly context?: string | undefined;
  /** Whether an exec plugin that `content` names may be run; those of files always may, as under kubectl. */
  readonly allowExec: boolean;
}

/** The cluster that this process runs in, as its pod's service account. */
export interface InClusterTarget {
  readonly kind: 'in-cluster';
}

/** What names one object; `namespace` is left out where the kind has none. */
export interface ResourceName {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** Which objects of a kind are meant; without `namespace` those of all namespaces. */
export interface ResourceSelection {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string | undefined;
  /** One object alone: the server then sends no other, so that the cost does not depend on what else there is. */
  readonly name?: string | undefined;
  /** As kubectl's `--selector`: `app=ui,tier!=test`. */
  readonly labelSelector?: string | undefined;
  /** As kubectl's `--field-selector`: `involvedObject.name=ui`. */
  readonly fieldSelector?: string | undefined;
}

/**
 * What a watch tells: first `state`, all the selected objects as they are; then each change. After an interruption that may have hidden
 * changes a new `state` comes, again with all there is: what it does not hold is gone. A `deleted` object is as it was last.
 */
export type Observation =
  | { readonly type: 'state'; readonly objects: readonly unknown[] }
  | { readonly type: 'changed'; readonly object: unknown }
  | { readonly type: 'deleted'; readonly object: unknown };

export interface ObserveOptions {
  /** Ends this watch alone: the iteration rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Tells changes alone: of the state, the server is asked for one object at most, and what an interruption has hidden is not told. */
  readonly changesOnly?: boolean | undefined;
  /** Told `false` when the watch has lost the server, so that what was seen may be old, and `true` whenever it has it (again). */
  readonly onContact?: ((inContact: boolean) => void) | undefined;
}

export interface PodLogRequest {
  readonly namespace: string;
  readonly name: string;
  readonly container: string;
  /** How many lines from the end, at most. */
  readonly tailLines: number;
  /** Of the container's run before this one. */
  readonly previous?: boolean | undefined;
}

/**
 * An open connection to one Kubernetes API server. Objects are what the server sent, unchecked, with `apiVersion` and `kind`.
 *
 * Every call repeats what may be repeated (429, 5xx, connections that were cut or refused) for a while, renews credentials that a 401
 * refuses, and rejects with the reason of the signal that the cluster was opened with. Throws CLUSTER_DENIED for 401 and 403 (naming
 * verb, resource and the rule that would allow it), CLUSTER_UNREACHABLE, CLUSTER_RESPONSE for another refusal or an answer that is none,
 * KIND_UNKNOWN where the server does not serve the kind.
 */
export interface Cluster {
  /** The server's address, for messages. */
  readonly server: string;
  /** One object; undefined when there is none of that name. */
  readonly get: (name: ResourceName) => Promise<unknown>;
  /** All that is selected, in pages of 500; with `limit` the server's first ones alone. */
  readonly list: (selection: ResourceSelection & { readonly limit?: number | undefined }) => Promise<readonly unknown[]>;
  /**
   * Merges a patch into an object (RFC 7386), or into its status alone, and gives the object as it then is. Repeated like a read:
   * merging twice is merging once. Throws OBJECT_MISSING when there is no such object.
   */
  readonly patch: (name: ResourceName, mergePatch: object, options?: { readonly subresource?: 'status' }) => Promise<unknown>;
  /**
   * The state now, then every change until the caller breaks off or the signal ends it; it never ends by itself. Outlives closed
   * connections, expired versions (410), expired credentials and a server that is away: for how long is the caller's to decide, and
   * the cluster's `onNotice` says that it waits. Throws CLUSTER_DENIED and KIND_UNKNOWN, which waiting does not mend.
   */
  readonly observe: (selection: ResourceSelection, options?: ObserveOptions) => AsyncIterable<Observation>;
  /** The last lines of a container's log; undefined where there is none (no such pod or container, none started yet). */
  readonly podLog: (request: PodLogRequest) => Promise<string | undefined>;
  /** Ends every watch and connection. */
  readonly close: () => Promise<void>;
}

export interface ClusterOptions {
  readonly target: ClusterTarget;
  /** What the target's defaults are read from: AWS variables, KUBECONFIG, HOME, proxies, the in-cluster address; exec plugins get it too. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Called with every secret before it is used. */
  readonly mask: (secret: string) => void;
  /** One sentence that the user should see: the server is away, it is back, its certificate is not checked. */
  readonly onNotice?: ((notice: string) => void) | undefined;
  /** Milliseconds before each repetition of a call, before jitter; default: eight seconds in all, a minute once the server has answered. */
  readonly retryDelays?: readonly number[] | undefined;
}
