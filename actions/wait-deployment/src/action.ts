import { defineAction } from '@eks-gitops/action';
import { inputs } from './inputs.ts';

export const waitDeployment = defineAction({
  name: 'wait-deployment',
  description:
    'Waits until a rollout is complete and its pods run just this image, and fails with the reason as soon as that cannot happen any more. Needs no kubectl.',
  inputs,
  outputs: {
    workloads: 'The workloads that were waited for, as NAMESPACE/KIND/NAME, one a line.',
    pods: 'Their pods, one a line. Empty with no replicas.',
    digest: 'The digest of the image that was asked for. Empty without image and record.',
    'running-digests': 'The digests that the containers report to run, one a line.',
    superseded: 'true when a later release than this image is what runs, else false.',
    seconds: 'How long was waited.',
    record: 'The release record with the rollout, for the next step. Empty without a record.',
  },
  run: async (values, context) => (await import('./wait.ts')).wait(values, context),
});
