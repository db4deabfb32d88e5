/** API reference, PipelineExecution: `status`. */
export type ExecutionStatus = 'Cancelled' | 'InProgress' | 'Stopped' | 'Stopping' | 'Succeeded' | 'Superseded' | 'Failed';

/** One run of a pipeline. */
export interface Execution {
  readonly id: string;
  readonly status: ExecutionStatus;
  /** AWS's own words on the status. */
  readonly summary: string | undefined;
  readonly started: Date | undefined;
  /** Commits of its sources, and what its variable `REVISION` says; empty until the source action has ended. */
  readonly commits: readonly string[];
  /** A rollback runs a stage again with the sources of an earlier execution. */
  readonly isRollback: boolean;
  /** Why it was stopped, in the words of whoever did it. */
  readonly stopReason: string | undefined;
}

/** One run of an action in an execution; a retried stage has several of the same action. */
export interface ActionRun {
  readonly id: string;
  readonly stage: string;
  readonly action: string;
  readonly status: 'InProgress' | 'Abandoned' | 'Succeeded' | 'Failed';
  readonly started: Date;
  readonly updated: Date;
  /** `Source`, `Build`, `Approval` and so on. */
  readonly category: string;
  /** `CodeBuild`, `CodeCommit`, `Manual` and so on. */
  readonly provider: string;
  /** Of a CodeBuild action: the id of its build. */
  readonly externalId: string | undefined;
  readonly url: string | undefined;
  /** What the provider says of its end. */
  readonly summary: string | undefined;
  readonly logStreamArn: string | undefined;
  readonly variables: Readonly<Record<string, string>>;
}

const commitForm = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** Those of some texts that are full commit ids; S3 sources have versions that are not. */
export function commitsAmong(texts: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(texts.filter(text => text !== undefined && commitForm.test(text)))].filter(text => text !== undefined);
}

/** The newest run of each action, in the order in which they began. */
export function newestRuns(runs: readonly ActionRun[]): readonly ActionRun[] {
  const ordered = [...runs].sort((a, b) => a.started.getTime() - b.started.getTime());
  const newest = new Map<string, ActionRun>();
  for (const run of ordered) {
    newest.delete(nameOf(run));
    newest.set(nameOf(run), run);
  }
  return [...newest.values()];
}

/** As it is shown: `Build/build_amd64`. */
export function nameOf({ stage, action }: Pick<ActionRun, 'stage' | 'action'>): string {
  return `${stage}/${action}`;
}
