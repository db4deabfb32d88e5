import { defineAction } from '@eks-gitops/action';
import { inputs } from './inputs.ts';

export const bumpFluxImage = defineAction({
  name: 'bump-flux-image',
  description:
    "Writes a new image at the markers of Flux's image policies into the GitOps repository, byte-exact and never backwards, and commits.",
  inputs,
  outputs: {
    changed: 'true when something was committed, or with mode local changed, by this step, else false.',
    superseded: 'true when a newer image was found and left in place, else false.',
    commit:
      'The GitOps commit that names the image: of this step, or the head of the branch when there was nothing to change. Empty with the modes pull-request, whose merge makes another commit, and local.',
    branch: 'The branch that was pushed to or read.',
    files: 'The files that were changed, one a line.',
    previous: 'What the markers named before, as NAMESPACE:NAME=REFERENCE, one a line.',
    updated: 'What they name now, as NAMESPACE:NAME=REFERENCE, one a line.',
    'pull-request-number': 'The number of the pull request.',
    'pull-request-url': 'Where the pull request is seen.',
    record:
      'The release record with the GitOps commit, for the next step. Empty without a record, and with the modes pull-request and local.',
  },
  run: async (values, context) => (await import('./bump.ts')).bump(values, context),
});
