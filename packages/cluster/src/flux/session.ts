import type { ActionError } from '@eks-gitops/errors';
import type { Cluster } from '../cluster.ts';
import type { FluxName } from './kinds.ts';

/** What became of one object. */
export interface Reconciled {
  readonly object: FluxName;
  /** What it holds now, as Flux writes it: a source's or Kustomization's revision, an image's reference. */
  readonly revision: string;
  /** Of its Ready condition. */
  readonly reason: string;
  readonly seconds: number;
}

/** What one object has failed of. */
export interface Failed {
  readonly object: FluxName;
  readonly error: ActionError;
  readonly seconds: number;
}

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
  /** Each object that is done, as soon as it is. */
  readonly onReconciled: (object: Reconciled) => void;
  /** Each object that has failed, or was given up. */
  readonly onFailed: (object: Failed) => void;
}
