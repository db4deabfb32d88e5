import { defineAction } from '@eks-gitops/action';
import { inputs } from './inputs.ts';

export const pushManifestIndex = defineAction({
  name: 'push-manifest-index',
  description:
    'Joins the images that build-arch-image made of one commit in one multi-architecture index, and publishes it. Needs no docker.',
  inputs,
  outputs: {
    digest: 'Digest of the index: the published one, or the one that was adopted.',
    tag: 'The i… tag that names it, else the first tag that does.',
    tags: 'All tags that name it now, one a line.',
    image: 'The index as REPOSITORY:TAG@DIGEST. Empty in a dry run.',
    platforms: 'The platforms that it holds, one a line.',
    superseded: 'true when a moving tag such as latest was left on a newer commit, else false.',
    record: 'The release record with builds and index, for the next step. Empty in a dry run.',
  },
  run: async (values, context) => (await import('./publish.ts')).publish(values, context),
});
