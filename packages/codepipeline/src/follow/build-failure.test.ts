import type { BuildPhase } from '@aws-sdk/client-codebuild';
import { expect, test } from '@jest/globals';
import { describeBuildFailure, findBuildFailure } from './build-failure.ts';

function phase(phaseType: BuildPhase['phaseType'], phaseStatus: BuildPhase['phaseStatus'], message?: string): BuildPhase {
  const contexts = message === undefined ? [] : [{ statusCode: 'COMMAND_EXECUTION_ERROR', message }];
  return { phaseType, phaseStatus, contexts };
}

test.each([
  ['Error while executing command: npm test. Reason: exit status 1', 'npm test', 1, 'npm test ended with exit code 1'],
  ['Error while executing command: docker build ... Reason: exit status 17', 'docker build ..', 17, 'docker build .. ended'],
  [
    'Error while executing command: npx -y eks-gitops build-arch-image \\\n  --image=x\n. Reason: exit status 3',
    'npx -y eks-gitops build-arch-image \\\n  --image=x',
    3,
    'npx -y eks-gitops build-arch-image \\ … ended with exit code 3',
  ],
])('%j names its command and exit code', (message, command, exitCode, told) => {
  const phases = [phase('INSTALL', 'SUCCEEDED'), phase('BUILD', 'FAILED', message), phase('POST_BUILD', 'FAILED', 'later')];
  const failure = findBuildFailure({ phases });
  expect(failure).toMatchObject({ phase: 'BUILD', command, exitCode, words: `COMMAND_EXECUTION_ERROR: ${message}` });
  expect(failure && describeBuildFailure(failure)).toContain(`the phase BUILD failed: ${told}`);
});

test('a phase without a command is told by how it ended', () => {
  const failure = findBuildFailure({ phases: [phase('DOWNLOAD_SOURCE', 'FAULT', 'access denied'), phase('BUILD', 'FAILED')] });
  expect(failure).toMatchObject({ command: undefined, exitCode: undefined, words: 'COMMAND_EXECUTION_ERROR: access denied' });
  expect(failure && describeBuildFailure(failure)).toBe('the phase DOWNLOAD_SOURCE had a fault of CodeBuild');
  const late = findBuildFailure({ phases: [phase('BUILD', 'TIMED_OUT')] });
  expect(late && describeBuildFailure(late)).toBe('the phase BUILD ran out of time');
});

test('a build that went well has no failure', () => {
  expect(findBuildFailure({ phases: [phase('BUILD', 'SUCCEEDED')] })).toBeUndefined();
  expect(findBuildFailure({})).toBeUndefined();
});
