import { formatError } from '@eks-gitops/errors';
import { expect, test } from '@jest/globals';
import { rolloutFailure, rolloutTimeout, suspectPod } from './failure.ts';
import type { Fault } from './fault.ts';
import { deployment, digestOf, ourTag, pod, repository, view } from './rollout-world.ts';

const facts = {
  workload: { kind: 'Deployment', namespace: 'shop', name: 'ui' },
  demand: { name: repository, tag: ourTag, digest: digestOf('a'), isNewer: () => false },
  troubles: [],
} as const;
const place = { name: 'ui-new-2', uid: 'ui-new-2', node: 'node-1', container: 'ui', ended: true };
const crash: Fault = { kind: 'crash', says: 'The container keeps ending.', found: 'exit code 1, Error', pod: place };

test('a failure is told with what was wanted, the last words, and what to do', () => {
  const evidence = { words: 'Last log lines of ui-new-2, container ui:\n  no database', platform: 'linux/amd64' };
  expect(formatError(rolloutFailure(crash, { ...facts, evidence }))).toBe(
    [
      'shop/deployment/ui: The container keeps ending.',
      '',
      'Last log lines of ui-new-2, container ui:',
      '  no database',
      '',
      `  expected: new pods that run ${repository}:${ourTag}@${digestOf('a')}`,
      '  found: exit code 1, Error',
      "  what to do: see the container's last words above",
      '  code: CONTAINER_CRASHING',
    ].join('\n'),
  );
});

test.each([
  ['exit code 1', 'exec /bin/ui: exec format error', 'another architecture'],
  ['exit code 137, OOMKilled', '', 'more memory'],
  ['exit code 137, Error', 'Warning Unhealthy: Liveness probe failed: HTTP probe failed with statuscode: 404', 'probe fails'],
])('the likely cause of %s %s is %s', (found, words, likely) => {
  const error = rolloutFailure({ ...crash, found }, { ...facts, evidence: { words, platform: undefined } });
  expect(error.failure.likely).toMatch(likely);
});

test('an image without the platform is told with the platform of the node', () => {
  const fault: Fault = { kind: 'image-platform', says: "The image has nothing for the node's platform.", pod: place };
  const error = rolloutFailure(fault, { ...facts, evidence: { words: '', platform: 'linux/arm64' } });
  expect(error).toMatchObject({
    code: 'IMAGE_PLATFORM_MISSING',
    failure: { expected: 'an image for linux/arm64, as node node-1 is' },
  });
});

test('a timeout is told with what was still waited for, and what held it up', () => {
  const troubles = ['ui-new-2 cannot be scheduled: 0/1 nodes are available'];
  const error = rolloutTimeout('10m', { ...facts, troubles, evidence: undefined, lacks: ['1 of 2 new pods to be available'] });
  expect(error).toMatchObject({
    code: 'TIMED_OUT',
    message: 'The rollout of shop/deployment/ui was not complete within 10m.',
    failure: { found: 'still waiting for 1 of 2 new pods to be available', detail: troubles[0] },
  });
});

test('the pod to look at is the first new one that is not ready, in the container that is down', () => {
  const waiting = { waiting: { reason: 'CrashLoopBackOff' } };
  const pods = [pod({ name: 'ui-new-1' }), pod({ name: 'ui-new-2', state: waiting, restartCount: 1 })];
  expect(suspectPod(view({ pods }))).toEqual(place);
  expect(suspectPod(view())).toBeUndefined();
  expect(suspectPod(view({ workload: deployment({ image: 'other' }), pods }))).toBeUndefined();
});
