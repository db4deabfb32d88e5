import type { ActionRun, Execution } from './execution.ts';

/** A CodeBuild action of the stage Build, with what a test says of it. */
export function actionRun(more: Partial<ActionRun> = {}): ActionRun {
  const time = new Date('2026-11-25T10:00:00Z');
  return {
    id: 'a',
    stage: 'Build',
    action: 'build_amd64',
    status: 'InProgress',
    started: time,
    updated: time,
    category: 'Build',
    provider: 'CodeBuild',
    externalId: undefined,
    url: undefined,
    summary: undefined,
    logStreamArn: undefined,
    variables: {},
    ...more,
  };
}

export function execution(more: Partial<Execution> = {}): Execution {
  return {
    id: 'e1',
    status: 'InProgress',
    summary: undefined,
    started: undefined,
    commits: [],
    isRollback: false,
    stopReason: undefined,
    ...more,
  };
}

/** So many seconds after ten. */
export function at(seconds: number): Date {
  return new Date(Date.parse('2026-11-25T10:00:00Z') + seconds * 1000);
}
