/** How the access to a cluster came about, for what failures say. */
export type ClusterOrigin = EksOrigin | KubeconfigOrigin | InClusterOrigin;

export interface EksOrigin {
  readonly kind: 'eks';
  readonly name: string;
  readonly region: string;
  /** Who AWS says that we are; undefined when it does not say. */
  readonly principal: () => Promise<string | undefined>;
  readonly endpoint: EksEndpoint;
}

/** From where an EKS endpoint lets itself be reached. */
export interface EksEndpoint {
  readonly isPublic: boolean;
  /** The address ranges that may reach the public endpoint; empty when all may. */
  readonly allowedRanges: readonly string[];
  readonly vpc?: string | undefined;
}

export interface KubeconfigOrigin {
  readonly kind: 'kubeconfig';
  /** The file, or `the kubeconfig` where it was given as text. */
  readonly place: string;
  readonly context: string;
  readonly user: string;
}

export interface InClusterOrigin {
  readonly kind: 'in-cluster';
}
