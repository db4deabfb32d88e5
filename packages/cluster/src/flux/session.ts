import type { Cluster } from '../cluster.ts';

/** One reconciliation: all its objects are asked with the same token, and share its limits. */
export interface FluxSession {
  readonly cluster: Cluster;
  /** The value of the annotation reconcile.fluxcd.io/requestedAt, which no request had before. */
  readonly requestedAt: string;
  readonly deadline: Date;
  /** Milliseconds for which fetching may fail. */
  readonly tolerance: number;
  readonly signal: AbortSignal;
  /** What is waited for, and what the controllers say, a sentence each. */
  readonly onProgress: (line: string) => void;
}
