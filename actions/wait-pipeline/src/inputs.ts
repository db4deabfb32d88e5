import { factInputs, input, registryInputs, type ValuesOf } from '@eks-gitops/action';
import { parsePipelineName } from '@eks-gitops/codepipeline/pipeline-name';
import { parseRepository } from '@eks-gitops/images';

/** What is followed, where. */
const subject = {
  pipeline: input.text(
    { description: 'The pipeline, by name or ARN.', required: true, example: 'eks-workshop-retail-store-sample' },
    { allowed: 'the name or ARN of a pipeline', parse: parsePipelineName },
  ),
  revision: {
    ...factInputs.revision,
    description:
      'The commit whose execution is followed, as its full id. Default: HEAD of the work tree, else what the CI says. The newest execution of it counts, whether it has ended already or is still to begin.',
  },
  'execution-id': input.text(
    {
      description: 'The execution that is followed, in place of that of a commit.',
      example: '1c2f7a90-5d1e-4f0a-9b5e-0d6c0f5b8a11',
    },
    { allowed: 'an execution id such as 1c2f7a90-5d1e-4f0a-9b5e-0d6c0f5b8a11', parse: parseExecutionId },
  ),
  region: input.text({
    description: "The region of the pipeline. Default: the ARN's, else AWS_REGION, AWS_DEFAULT_REGION, else the profile's.",
    example: 'us-west-2',
  }),
  'role-to-assume': input.text({
    description: 'The ARN of an IAM role that is assumed before AWS is asked for anything.',
    example: 'arn:aws:iam::123456789012:role/deploy',
  }),
};

/** How one is started. */
const start = {
  start: input.boolean({
    description:
      'Starts an execution of the commit, in place of waiting for one. The same step of the same CI run and attempt, done again, follows the one that it has started already.',
  }),
  'client-token': input.text({
    description:
      'Tells this start from others: two with the same token are one. Default: in a CI made of run, attempt, pipeline and commit; elsewhere each start is a new one.',
  }),
  'source-action': input.text({
    description: 'The source action that takes the commit, where the pipeline has several git sources.',
  }),
  variables: input.lines(
    { description: 'Variables of the pipeline for this start, as NAME=VALUE.' },
    { allowed: 'NAME=VALUE, one a line', parse: parseVariable },
  ),
  'commit-time': {
    ...factInputs['commit-time'],
    description:
      "The commit's time, for a pipeline that takes it as its variable COMMIT_TIME. Default: the committer date of the commit, else what the CI says.",
  },
};

const ending = {
  'begin-within': input.duration({
    description: 'How long to wait for the execution of a commit to begin.',
    default: '5m',
  }),
  'on-superseded': input.choice(
    {
      description: 'What to do when a newer execution overtakes it: follow that one, succeed (without an image), or fail.',
      default: 'follow',
    },
    ['follow', 'succeed', 'fail'],
  ),
  timeout: input.duration({ description: 'How long to wait at most, all in all.', default: '60m' }),
};

/** What it has published. */
const published = {
  'index-action': input.text({
    description: 'The action that tells the image by its output variables, as ACTION or STAGE/ACTION. Default: build_index.',
  }),
  'digest-variable': input.text({ description: 'The variable that holds the digest. Default: DIGEST.' }),
  'tag-variable': input.text({ description: 'The variable that holds the tag. Default: TAG.' }),
  image: input.text(
    {
      description: 'The repository of the image, without tag. Default: the variable IMAGE of the build that has published it.',
      example: '123456789012.dkr.ecr.us-west-2.amazonaws.com/shop/ui',
    },
    { allowed: 'a repository such as REGISTRY/PATH', parse: parseRepository },
  ),
  'verify-image': input.choice(
    {
      description:
        'Whether the registry is asked for the image: its tag must name the digest that the pipeline tells, and the index must be of the commit. auto: where the registry can be asked; where not, that is said.',
      default: 'auto',
    },
    ['auto', 'true', 'false'],
  ),
  'token-hosts': input.items({ description: 'Hosts that the registry may send for its tokens, when they are not its own.' }),
  ...registryInputs,
};

export const inputs = { ...subject, ...start, ...ending, ...published };
export type PipelineInputs = ValuesOf<typeof inputs>;

function parseExecutionId(given: string): string {
  const id = given.trim().toLowerCase();
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) throw new Error('it is not the id of an execution');
  return id;
}

function parseVariable(line: string): { name: string; value: string } {
  const [, name, value] = /^([A-Za-z0-9@\-_]{1,128})=(.{1,1000})$/.exec(line) ?? [];
  if (name === undefined || value === undefined) throw new Error('it is not NAME=VALUE');
  return { name, value };
}
