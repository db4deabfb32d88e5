import type { ToolName } from '@eks-gitops/testbed';

/** What is measured: several ways to one end, side by side. */
export interface Entry {
  /** Words to call it by on the command line, such as `markers`. */
  readonly name: string;
  readonly title: string;
  readonly unit: Unit;
  /** How often each contestant is measured. */
  readonly rounds: number;
  readonly tools: readonly ToolName[];
  readonly targets: readonly Target[];
  readonly prepare: (preparing: Preparing) => Promise<Race>;
}

export type Unit = 'ms' | 'bytes' | 'requests';

export interface Preparing {
  /** A private folder, removed afterwards. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** The file that Node runs for an action of ours: its bundle, as a workflow runs it. */
  readonly mainOf: (action: ActionName) => Promise<string>;
}

export type ActionName = 'flux-reconcile' | 'wait-deployment';

export interface Race {
  readonly contestants: readonly Contestant[];
  readonly close?: () => Promise<void>;
}

export interface Contestant {
  readonly name: string;
  /** Does it once and gives the amount in the entry's unit; rejects when it was not done as it should be. */
  readonly measure: () => Promise<number>;
}

export interface Target {
  /** The contestant's name. */
  readonly of: string;
  readonly atMost: number;
  /** The contestant that `atMost` is a multiple of; without it, `atMost` is in the entry's unit. */
  readonly against?: string;
}
