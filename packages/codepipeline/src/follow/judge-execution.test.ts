import { expect, test } from '@jest/globals';
import type { ActionRun, ExecutionStatus } from './execution.ts';
import { actionRun, at, execution } from './execution-fixture.ts';
import { isRetryPending, judgeExecution, type RetryQuestion } from './judge-execution.ts';
import type { StageState } from './pipeline-state.ts';

const failed = actionRun({ id: 'f', status: 'Failed', updated: at(9) });
const early = actionRun({ id: 'g', action: 'build_arm64', status: 'Failed', updated: at(5) });
const again = actionRun({ id: 'h', status: 'Succeeded', started: at(20) });

test.each<[ExecutionStatus, readonly ActionRun[], string, ActionRun | undefined]>([
  ['InProgress', [], 'going', undefined],
  ['Stopping', [actionRun()], 'going', undefined],
  ['InProgress', [failed], 'failed', failed],
  ['Failed', [failed, early], 'failed', early],
  ['InProgress', [failed, again], 'going', undefined],
  ['Failed', [failed, again], 'failed', undefined],
  ['Succeeded', [failed, again], 'succeeded', undefined],
  ['Superseded', [], 'superseded', undefined],
  ['Stopped', [failed], 'stopped', undefined],
  ['Cancelled', [], 'cancelled', undefined],
])('%s with %j is %s', (status, runs, kind, run) => {
  const verdict = judgeExecution(execution({ status }), runs);
  expect(verdict.kind).toBe(kind);
  expect(verdict.kind === 'failed' ? verdict.run : undefined).toBe(run);
});

function stage(manual: number, automatic: number, id = 'e1'): StageState {
  const retries = { manual, automatic };
  return { name: 'Build', execution: { id, status: 'InProgress' }, inbound: [], closed: undefined, retries, unmet: [] };
}

test.each<[string, Partial<RetryQuestion>, boolean]>([
  ['its own rule was not used yet', { retriesItself: true, state: stage(0, 0) }, true],
  [
    'its own rule was not used yet, and the execution has failed',
    { retriesItself: true, execution: execution({ status: 'Failed' }) },
    true,
  ],
  [
    'its own rule was used, and the new run failed too',
    { retriesItself: true, state: stage(0, 1), runs: [failed, { ...failed, id: 'i' }] },
    false,
  ],
  ['its own rule was used, and the new run is not there yet', { retriesItself: true, state: stage(0, 1) }, true],
  ['somebody retries it, and the new run is not there yet', { state: stage(1, 0) }, true],
  ['somebody has retried it, and it has failed again', { state: stage(1, 0), runs: [failed, { ...failed, id: 'i' }] }, false],
  ['nobody retries it', { state: stage(0, 0) }, false],
  ['another execution was retried', { state: stage(1, 0, 'e2') }, false],
  ['it has ended as failed, whatever was retried', { state: stage(2, 0), execution: execution({ status: 'Failed' }) }, false],
  [
    'its own rule was not used, but another execution has entered the stage',
    { retriesItself: true, state: stage(0, 0, 'e2'), execution: execution({ status: 'Failed' }) },
    false,
  ],
  ['nothing is known of the stage', {}, false],
])('when %s', (_, question, pending) => {
  const asked = { execution: execution(), failed, runs: [failed], state: undefined, retriesItself: false, ...question };
  expect(isRetryPending(asked)).toBe(pending);
});
