import type { StageState as AwsStage } from '@aws-sdk/client-codepipeline';
import { expect, test } from '@jest/globals';
import { explainWait, readPipelineState } from './pipeline-state.ts';

function read(...stageStates: AwsStage[]) {
  return readPipelineState({ $metadata: {}, stageStates });
}

const inbound = { inboundExecution: { pipelineExecutionId: 'e1', status: 'InProgress' as const } };
const other = (status: 'InProgress' | 'Failed' | 'Succeeded') => ({ latestExecution: { pipelineExecutionId: 'e0', status } });

test.each<[AwsStage, string | undefined]>([
  [{ stageName: 'Build', ...other('InProgress') }, undefined],
  [{ stageName: 'Build', ...inbound, ...other('InProgress') }, 'It waits before the stage Build: the execution e0 is in it.'],
  [{ stageName: 'Build', ...inbound, ...other('Failed') }, 'It waits before the stage Build: the execution e0 has failed in it.'],
  [{ stageName: 'Build', ...inbound, ...other('Succeeded') }, 'It waits before the stage Build.'],
  [
    {
      stageName: 'Build',
      inboundExecutions: [{ pipelineExecutionId: 'e1', status: 'InProgress' }],
      inboundTransitionState: { enabled: false },
    },
    'It waits before the stage Build, whose inbound transition was disabled.',
  ],
])('%j', (stage, wait) => {
  expect(explainWait(read({ stageName: 'Source' }, stage), 'e1')).toBe(wait);
});

test('conditions that did not hold are told by their rules, else by themselves', () => {
  const ruleStates = [
    { ruleName: 'alarm', latestExecution: { status: 'Failed' as const, errorDetails: { message: 'in alarm' } } },
    { ruleName: 'window', latestExecution: { status: 'Succeeded' as const } },
  ];
  const [told, bare] = read(
    { stageName: 'A', beforeEntryConditionState: { latestExecution: { status: 'Failed' }, conditionStates: [{ ruleStates }] } },
    { stageName: 'B', onSuccessConditionState: { latestExecution: { status: 'Errored', summary: 'no alarm of that name' } } },
  );
  expect([told?.unmet, bare?.unmet]).toEqual([['alarm: in alarm'], ['no alarm of that name']]);
});
