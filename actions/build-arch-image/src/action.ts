import { defineAction } from '@eks-gitops/action';
import { inputs } from './inputs.ts';

export const buildArchImage = defineAction({
  name: 'build-arch-image',
  description:
    'Builds the image of one commit for one platform and pushes it by digest, under a staging tag for push-manifest-index.',
  inputs,
  outputs: {
    digest:
      "Digest of the platform's image manifest, also where attestations wrap it in an index. Empty when nothing was pushed.",
    'staging-tag': 'The tag by which push-manifest-index finds the image. Empty with stage: false or push: false.',
    platform: 'The platform that was built, normalised.',
    image: 'The image by digest: REPOSITORY@DIGEST. Empty when nothing was pushed.',
    metadata: "buildx's own metadata, as JSON. Empty when the image was reused.",
    record: 'The release record with this build, for push-manifest-index. Empty when nothing was pushed.',
  },
  run: async (values, context) => (await import('./build.ts')).build(values, context),
});
