import { defineAction } from '@eks-gitops/action';
import { inputs } from './inputs.ts';

export const setupFluxImage = defineAction({
  name: 'setup-flux-image',
  description:
    "Takes a GitOps repository from a plain image to an automated one: the marker, Flux's image objects, the Ingress if wanted, in one commit. Again changes nothing.",
  inputs,
  outputs: {
    changed: 'true when something was committed, or with mode local changed, by this step, or would be in a dry run, else false.',
    commit:
      'The GitOps commit: of this step, or the head of the branch when there was nothing to change. Empty in a dry run and with the modes pull-request, whose merge makes another commit, and local.',
    branch: 'The branch that was pushed to or read.',
    files: 'The files that were changed, or would be, one a line.',
    diff: 'The changes as a unified diff.',
    'pull-request-number': 'The number of the pull request.',
    'pull-request-url': 'Where the pull request is seen.',
  },
  run: async (values, context) => (await import('./setup.ts')).setUp(values, context),
});
