import type { Change, Stack, StackEvent, StackResourceSummary } from '@aws-sdk/client-cloudformation';

export interface ChangeSet {
  readonly id: string;
  readonly status: string;
  /** Whether it can be executed: `AVAILABLE`, `OBSOLETE` … */
  readonly execution: string;
  readonly reason: string;
  readonly changes: readonly Change[];
}

export interface NewChangeSet {
  readonly stack: string;
  readonly name: string;
  readonly type: 'CREATE' | 'UPDATE';
  readonly template: string;
  /** The ARN of the role that CloudFormation works with; else it works with the caller's rights. */
  readonly role: string | undefined;
  readonly token: string;
}

/** CloudFormation as far as it is needed here: one function a call, failures explained, pages joined. */
export interface CloudFormation {
  readonly region: string;
  /** Of a name, only a stack that is there; of an id, a deleted one too. */
  readonly findStack: (nameOrId: string) => Promise<Stack | undefined>;
  readonly templateOf: (stackId: string) => Promise<string>;
  readonly resourcesOf: (stackId: string) => Promise<readonly StackResourceSummary[]>;
  /** False where there is a change set of that name already. */
  readonly createChangeSet: (set: NewChangeSet) => Promise<boolean>;
  readonly findChangeSet: (stack: string, name: string) => Promise<ChangeSet | undefined>;
  /** What the validation before deployment found wrong in a change set that failed. */
  readonly faultsOf: (changeSetId: string) => Promise<readonly string[]>;
  readonly deleteChangeSet: (changeSetId: string) => Promise<void>;
  readonly hasChangeSets: (stackId: string) => Promise<boolean>;
  readonly execute: (changeSetId: string, token: string) => Promise<void>;
  readonly deleteStack: (stackId: string, options: { role: string | undefined; token: string }) => Promise<void>;
  /** In the order of time, the last of them back to the newest for which `reached` is true, that one included. */
  readonly events: (stackId: string, reached: (event: StackEvent) => boolean) => Promise<readonly StackEvent[]>;
  readonly close: () => void;
}
