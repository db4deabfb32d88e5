import { ecrInputs, factInputs, input, parseRecords, registryInputs, type ValuesOf } from '@eks-gitops/action';
import { commitTimeLabel, parsePlatform, parseRepository, revisionLabel } from '@eks-gitops/images';
import { defaultTags, parseTagTemplate } from '@eks-gitops/images/manifest-index';

/** Which images are joined. */
const sources = {
  image: input.text(
    {
      description: 'The repository of the index, without tag.',
      required: true,
      example: '123456789012.dkr.ecr.us-west-2.amazonaws.com/shop/ui',
    },
    { allowed: 'a repository such as REGISTRY/PATH', parse: parseRepository },
  ),
  platforms: input.items(
    { description: 'The platforms that the index holds, each exactly once.', default: 'linux/amd64,linux/arm64' },
    { allowed: 'platforms such as linux/arm64, separated by commas or lines', parse: parsePlatform },
  ),
  sources: input.lines({
    description:
      'The images to join, one a line, when they are not those that build-arch-image staged in this run: a digest or a tag in the repository of image, or a whole reference to another repository, from which they are copied.',
  }),
  record: input.text(
    {
      description: 'The release records of the builds, one a line. Their digests are joined in place of what was staged.',
      tellsBlank: true,
    },
    { allowed: 'the record output of build-arch-image', parse: parseRecords },
  ),
};

/** How the staged images of this run are recognised: the same inputs as build-arch-image takes. */
const staging = {
  context: input.text({ description: 'The context input of build-arch-image.', default: '.' }),
  file: input.text({ description: 'The file input of build-arch-image.' }),
  target: input.text({ description: 'The target input of build-arch-image.' }),
  scope: input.text({ description: 'The scope input of build-arch-image, where it was given there.' }),
  'run-id': factInputs['run-id'],
  attempt: factInputs.attempt,
};

/** What the images have to say of their commit. */
const commit = {
  revision: {
    ...factInputs.revision,
    description: 'The commit that the images have to be of, as its full id. Default: they only have to agree with each other.',
  },
  'commit-time': {
    ...factInputs['commit-time'],
    description: 'The commit time that the images have to tell. Default: they only have to agree with each other.',
  },
};

/** What is published, and under which names. */
const publication = {
  tags: input.items(
    {
      description:
        'The tags to publish under, with the placeholders {time}, {commit-time}, {run-time} (UTC, yyyymmddHHMMSS), {sha} and {sha8}. A tag of the form i<14 digits>-<8 hex digits> is written once; every other tag moves, but never back to an older commit.',
      default: defaultTags.join(','),
    },
    { allowed: 'tags, separated by commas or lines', parse: parseTagTemplate },
  ),
  'tag-time': input.choice(
    {
      description:
        'What {time} is: the time of the commit, which orders the tags as the commits are, or of the run, with which a slow build of an older commit comes last.',
      default: 'commit',
    },
    ['commit', 'run'],
  ),
  'run-started': factInputs['run-started'],
  'on-existing-tag': input.choice(
    {
      description:
        'When the i… tag exists already. adopt: its index is the result if it is of the same commit and platforms, else it fails. replace: it is overwritten. fail: it fails.',
      default: 'adopt',
    },
    ['adopt', 'replace', 'fail'],
  ),
  annotations: input.lines(
    { description: 'Further annotations of the index, name=value, one a line.' },
    { allowed: 'name=value, one a line', parse: parseAnnotation },
  ),
  'dry-run': input.boolean({ description: 'Only checks, and prints the index that would be published.' }),
  'token-hosts': input.items({
    description:
      "Hosts that the registry may send for its tokens, when they are not its own: a self-hosted GitLab's, for example.",
  }),
};

export const inputs = { ...sources, ...staging, ...commit, ...publication, ...registryInputs, ...ecrInputs };
export type IndexInputs = ValuesOf<typeof inputs>;

function parseAnnotation(item: string): readonly [name: string, value: string] {
  const at = item.indexOf('=');
  if (at < 1) throw new Error(`"${item}" is not of the form name=value`);
  const name = item.slice(0, at);
  if (name === revisionLabel || name === commitTimeLabel) throw new Error(`${name} is set by the action, from the images`);
  return [name, item.slice(at + 1)];
}
