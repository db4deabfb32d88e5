import { accessInputs, clusterInputs, input, parseRecords, type ValuesOf } from '@eks-gitops/action';
import { parseFluxObject, parseGoalRevision, parseNamedImage } from './target.ts';

const nameForm = { allowed: 'NAME or NAMESPACE/NAME, separated by commas or lines', parse: parseFluxObject };

/** What is reconciled. */
const objects = {
  kustomization: input.items(
    {
      description: 'The Kustomizations to apply, with what they depend on before them. NAME alone is in namespace.',
      example: 'apps',
    },
    nameForm,
  ),
  'helm-release': input.items(
    { description: 'The HelmReleases to reconcile, after the Kustomizations that apply them.' },
    nameForm,
  ),
  'image-repository': input.items(
    { description: 'The ImageRepositories to scan. With an image, their policies have to select its tag.', example: 'ui' },
    nameForm,
  ),
  'image-policy': input.items(
    {
      description:
        'The ImagePolicies that have to select the tag of the image, which then is written by their automations. Default: those of image-repository.',
    },
    nameForm,
  ),
  namespace: input.text({ description: 'The namespace of names that have none.', default: 'flux-system' }),
};

/** To what. */
const goal = {
  record: input.text(
    { description: 'The release record: what it holds of commit and image is what is waited for.', tellsBlank: true },
    { allowed: 'the record output of the step before', parse: parseRecords },
  ),
  revision: input.text(
    {
      description:
        "What has to be applied: a commit of the GitOps repository, or the digest of an OCI artifact. Default: the record's; without one, what Flux's automation writes for the image, else whatever the source has.",
      example: '6a3c1f0e9d8b7a6c5e4f3d2b1a09f8e7d6c5b4a3',
    },
    { allowed: 'a full commit id of 40 or 64 hex digits, or sha256:DIGEST', parse: parseGoalRevision },
  ),
  image: input.text(
    { description: "The image that the policies have to select and the workloads have to name. Default: the record's." },
    { allowed: 'REPOSITORY:TAG or REPOSITORY:TAG@sha256:DIGEST', parse: parseNamedImage },
  ),
  'with-source': input.boolean({
    description:
      'Has the sources of the Kustomizations, and the charts of the HelmReleases, fetched first. Always done where a revision or an image is waited for.',
  }),
  force: input.boolean({ description: 'HelmReleases: installs or upgrades even when nothing has changed.' }),
  reset: input.boolean({ description: 'HelmReleases: forgets earlier failures, so that retries begin anew.' }),
  timeout: input.duration({ description: 'How long to wait, all in all.', default: '5m' }),
  tolerate: input.duration({ description: 'How long fetching and scanning may fail before that counts.', default: '60s' }),
};

/** Who is asked whether a later commit contains ours. */
const history = {
  repository: input.text({
    description:
      'The GitOps repository, as a URL or the folder of a checkout. Its commits alone are fetched, and only when another revision than ours is met. Without it a later commit counts where the workloads name the image.',
  }),
  ...accessInputs,
};

export const inputs = { ...objects, ...goal, ...clusterInputs, ...history };
export type ReconcileInputs = ValuesOf<typeof inputs>;
