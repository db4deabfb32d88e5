import { defineAction } from '@eks-gitops/action';
import { inputs } from './inputs.ts';

export const fluxReconcile = defineAction({
  name: 'flux-reconcile',
  description:
    'Has Flux fetch and apply just this revision, watches it until the cluster says so, and fails as soon as that cannot happen any more.',
  inputs,
  outputs: {
    revision:
      "What is applied, as Flux writes it: main@sha1:COMMIT, or an artifact's digest. Empty when no Kustomization was asked.",
    commit: 'The GitOps commit that is applied: the one that was waited for, or a later one that contains it.',
    tag: 'The tag that the image policy has selected, or that was waited for.',
    superseded: 'true when a later commit is applied, which contains ours, else false.',
    objects: 'The objects that were asked, one a line: KIND NAMESPACE/NAME REVISION REASON SECONDS.',
    record: 'The release record with what is applied, for the next step. Empty without a record.',
  },
  run: async (values, context) => (await import('./reconcile.ts')).reconcile(values, context),
});
