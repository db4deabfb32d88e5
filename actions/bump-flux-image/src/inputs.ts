import { factInputs, input, parseRecords, registryInputs, repositoryInputs, type ValuesOf } from '@eks-gitops/action';
import { parseTagOrder } from './tag-order.ts';
import { parseImage, parseTarget } from './target.ts';

/** What is written where. */
const change = {
  policy: input.items(
    {
      description:
        'The ImagePolicies whose markers are changed, as NAMESPACE:NAME, or NAME in flux-system. Each may have an image of its own: NAMESPACE:NAME=REPOSITORY:TAG. All of them go into one commit.',
      required: true,
      example: 'flux-system:ui',
    },
    { allowed: 'NAMESPACE:NAME or NAMESPACE:NAME=REPOSITORY:TAG, separated by commas or lines', parse: parseTarget },
  ),
  image: input.text(
    {
      description: 'The new image, as REPOSITORY:TAG or REPOSITORY:TAG@DIGEST. Default: the index of the record.',
      example: '123456789012.dkr.ecr.us-west-2.amazonaws.com/shop/ui:i20261123171720-ac8730e8',
    },
    { allowed: 'REPOSITORY:TAG or REPOSITORY:TAG@sha256:DIGEST', parse: parseImage },
  ),
  record: input.text(
    { description: 'The release record, with the index that push-manifest-index has published.', tellsBlank: true },
    { allowed: 'the record output of push-manifest-index', parse: parseRecords },
  ),
  'pin-digest': input.choice(
    {
      description:
        'Whether whole references are written with the digest. auto: as the digestReflectionPolicy of the ImagePolicy in the repository says; without one, not.',
      default: 'auto',
    },
    ['auto', 'true', 'false'],
  ),
};

/** Whether the registry holds it. */
const verification = {
  'verify-image': input.choice(
    {
      description:
        'Whether the registry is asked for the image first: its tag must be there and name the digest that is known. auto: where the registry can be asked; where not, that is said.',
      default: 'auto',
    },
    ['auto', 'true', 'false'],
  ),
  'token-hosts': input.items({ description: 'Hosts that the registry may send for its tokens, when they are not its own.' }),
  ...registryInputs,
};

/** What is newer. */
const order = {
  'on-older': input.choice(
    {
      description:
        'When the repository names a newer tag already. skip: it stays, with superseded=true. fail: it fails. replace: the older tag is written.',
      default: 'skip',
    },
    ['skip', 'fail', 'replace'],
  ),
  'tag-order': input.text(
    {
      description:
        'How the tags of a policy are ordered that is not in the repository, as an ImagePolicy would say it: alphabetical, numerical (with desc behind it for the opposite order) or semver RANGE. Default: by the time in i<time>-<commit>.',
      example: 'semver >=1.0.0',
    },
    { allowed: 'alphabetical, alphabetical desc, numerical, numerical desc, or semver and a range', parse: parseTagOrder },
  ),
  'tag-pattern': input.text({ description: 'With tag-order: the filterTags.pattern of such a policy, an RE2 expression.' }),
  'tag-extract': input.text({ description: 'With tag-pattern: the filterTags.extract, for example $ts.' }),
  'flux-path': input.text({
    description: 'The folder of the repository in which the ImagePolicies and ImageUpdateAutomations are looked for.',
    default: '.',
  }),
};

/** What the commit tells of its source. */
const source = {
  message: input.text({
    description:
      'The commit message, with the placeholders {images}, {policies}, {revision}, {sha8}, {source-repository} and {run-url}. Trailers that lead back to the source commit are added.',
    default: 'Update {images}',
  }),
  revision: {
    ...factInputs.revision,
    description: "The source commit that the image was built from. Default: the record's, else what the CI says.",
  },
  'source-repository': {
    ...factInputs['repository-url'],
    description: 'Where the source is browsed. Default: what the CI says.',
  },
  'run-url': factInputs['run-url'],
};

const { repository, branch, 'push-branch': pushBranch, path, mode, timeout, ...rest } = repositoryInputs;
const target = { repository, branch, 'push-branch': pushBranch, path, mode };

export const inputs = { ...change, ...target, ...order, ...source, timeout, ...rest, ...verification };
export type BumpInputs = ValuesOf<typeof inputs>;
