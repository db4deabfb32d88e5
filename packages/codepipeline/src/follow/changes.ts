import { type ActionRun, nameOf, newestRuns } from './execution.ts';

/** What has changed between two looks at an execution, a sentence each, with links where the provider gives one. */
export function describeChanges(before: readonly ActionRun[], now: readonly ActionRun[]): readonly string[] {
  const known = new Map(before.map(run => [run.id, run]));
  const order = [...now].sort((a, b) => a.started.getTime() - b.started.getTime());
  const entered = new Set(before.map(({ stage }) => stage));
  const tried = new Set(before.map(nameOf));
  const lines: string[] = [];
  for (const run of order) {
    const earlier = known.get(run.id);
    const again = earlier === undefined && tried.has(nameOf(run));
    if (!entered.has(run.stage)) lines.push(`Stage ${run.stage} has begun.`);
    entered.add(run.stage);
    tried.add(nameOf(run));
    if (earlier?.status !== run.status) lines.push(describeRun(run, again));
  }
  const ended = endedStages(now).filter(stage => !endedStages(before).includes(stage));
  return [...lines, ...ended.map(stage => `Stage ${stage} is through.`)];
}

function describeRun(run: ActionRun, again: boolean): string {
  const seconds = Math.round((run.updated.getTime() - run.started.getTime()) / 1000);
  const link = run.url === undefined ? '' : `: ${run.url}`;
  const retried = again ? ', tried again,' : '';
  switch (run.status) {
    case 'InProgress':
      return run.category === 'Approval'
        ? `${nameOf(run)} waits for an approval${link}`
        : `${nameOf(run)}${again ? ' is tried again' : ' has begun'}${link}`;
    case 'Succeeded':
      return `${nameOf(run)}${retried} has succeeded after ${seconds} s${link}`;
    case 'Failed':
      return `${nameOf(run)}${retried} has failed after ${seconds} s${link}`;
    case 'Abandoned':
      return `${nameOf(run)}${retried} was abandoned${link}`;
  }
}

/** Stages that another one has begun after, with all their actions done. */
function endedStages(runs: readonly ActionRun[]): readonly string[] {
  const stages = [...new Set(newestRuns(runs).map(({ stage }) => stage))];
  return stages.slice(0, -1).filter(stage => newestRuns(runs).every(run => run.stage !== stage || run.status === 'Succeeded'));
}
