import { input, type ValuesOf } from '@eks-gitops/action';
import {
  logDays,
  parseArn,
  parseBuildTimeout,
  parseCount,
  parseKey,
  parseLogDays,
  parseName,
  parseS3Object,
  parseToolPackage,
} from './values.ts';

/** What is done, and how far it may go. */
const operation = {
  operation: input.choice(
    { description: 'apply makes the stack what the inputs say, whatever it was left as; delete removes it.', default: 'apply' },
    ['apply', 'delete'],
  ),
  name: input.text(
    {
      description: 'The name of the pipeline, which begins the names of all that is made.',
      required: true,
      example: 'eks-workshop-retail-store-sample',
    },
    { allowed: '2 to 57 letters, digits, hyphens and underscores', parse: parseName },
  ),
  stack: input.text({ description: 'The name of the CloudFormation stack. Default: name, with hyphens for underscores.' }),
  'dry-run': input.boolean({ description: 'Shows what would change, and changes nothing.' }),
  'allow-iam': input.boolean({ description: 'Lets roles, policies and access entries change as shown.' }),
  'allow-data-loss': input.boolean({
    description: 'Lets repositories, buckets and keys be deleted or replaced where the stack would do so.',
  }),
  'template-only': input.boolean({
    description: 'Gives the template, as JSON, and asks AWS for nothing: no credentials, no network.',
  }),
  buildspecs: input.text({
    description: 'A folder that the buildspecs are written to, for CodeBuild projects of your own.',
    example: 'buildspecs',
  }),
  region: input.text({
    description: "The region. Default: AWS_REGION, AWS_DEFAULT_REGION, else the profile's.",
    example: 'us-west-2',
  }),
  'role-to-assume': input.text({
    description: 'The ARN of an IAM role that is assumed before AWS is asked for anything.',
    example: 'arn:aws:iam::123456789012:role/provision',
  }),
  'service-role': input.text(
    { description: 'The ARN of a role that CloudFormation makes things with. Default: the rights of this step.' },
    { allowed: 'the ARN of a role', parse: parseArn('iam') },
  ),
  timeout: input.duration({ description: 'How long to wait for CloudFormation at most.', default: '30m' }),
};

/** Where the commits come from. */
const source = {
  source: input.choice(
    {
      description:
        'Where commits come from: AWS CodeCommit, a CodeConnections connection to GitHub, GitLab or Bitbucket, or a zip in S3.',
      default: 'codecommit',
    },
    ['codecommit', 'connection', 's3'],
  ),
  'source-repository': input.text({
    description: 'The CodeCommit repository (default: name), or OWNER/NAME behind the connection.',
    example: 'octo/shop',
  }),
  'create-source-repository': input.boolean({ description: 'Makes the CodeCommit repository. It outlives the stack.' }),
  branch: input.text({ description: 'The branch whose commits are built.', default: 'main' }),
  'connection-arn': input.text(
    { description: 'The connection, with source: connection.' },
    { allowed: 'the ARN of a connection', parse: parseArn('codeconnections|codestar-connections') },
  ),
  'source-object': input.text(
    { description: 'The zip, with source: s3.', example: 's3://shop-sources/source.zip' },
    { allowed: 's3://BUCKET/KEY', parse: parseS3Object },
  ),
};

/** What is built, and how. */
const build = {
  'tool-package': input.text(
    {
      description:
        'The eks-gitops that builds run: an npm package with its exact version, or a tarball of it in S3. Required but to delete.',
      example: 'eks-gitops-actions@1.2.3',
    },
    { allowed: 'NAME@X.Y.Z or s3://BUCKET/KEY', parse: parseToolPackage },
  ),
  context: input.text({ description: 'The build context, inside the source.', default: '.', example: 'src/ui' }),
  file: input.text({ description: 'The Dockerfile. Default: Dockerfile in the context.' }),
  target: input.text({ description: 'The stage of the Dockerfile to build.' }),
  'build-args': input.lines({
    description: 'Build arguments as NAME=VALUE, one a line. They are no secrets: the image shows them.',
  }),
  'execution-mode': input.choice(
    {
      description: 'What a newer execution does to an older one: overtake it, wait for it, or run beside it.',
      default: 'superseded',
    },
    ['superseded', 'queued', 'parallel'],
  ),
  cache: input.boolean({ description: 'Keeps build caches in the image repository.', default: 'true' }),
  'buildkit-image': input.text({
    description: "The image of BuildKit, for a mirror of it. Default: docker's own choice, from Docker Hub.",
  }),
  'build-timeout': input.text(
    { description: 'How long a build may take.', default: '60m' },
    { allowed: 'a duration from 5m to 36h', parse: parseBuildTimeout },
  ),
  'concurrent-builds': input.text(
    { description: 'How many builds of one project run at the same time at most. Default: what the account allows.' },
    { allowed: 'a whole number from 1', parse: parseCount },
  ),
  'vpc-id': input.text({ description: 'The VPC that builds run in, with subnet-ids and security-group-ids. Default: none.' }),
  'subnet-ids': input.items({ description: 'Private subnets with a way to the internet, or to mirrors.' }),
  'security-group-ids': input.items({ description: 'The security groups of the builds.' }),
};

/** What things are kept in. */
const storage = {
  'image-repository': input.text({ description: 'The ECR repository. Default: name, in small letters.', example: 'shop/ui' }),
  'create-image-repository': input.boolean({
    description: 'Makes the ECR repository. It outlives the stack; false uses one that there is.',
    default: 'true',
  }),
  'staging-image-days': input.text(
    { description: 'For how many days images of single architectures are kept that no index names.', default: '14' },
    { allowed: 'a whole number from 1', parse: parseCount },
  ),
  'artifact-bucket': input.text({
    description: 'A bucket for artifacts that there is. Default: one is made, and outlives the stack.',
  }),
  'artifact-key': input.text(
    {
      description:
        'The key of the artifacts: aws for the one of Amazon S3, create for a KMS key of their own (as in the lab), or the ARN of one.',
      default: 'aws',
    },
    { allowed: 'aws, create, or the ARN of a KMS key', parse: parseKey },
  ),
  'log-retention-days': input.text(
    { description: 'For how many days logs are kept.', default: '30' },
    { allowed: `one of ${logDays.join(', ')}`, parse: parseLogDays },
  ),
};

/** Who may what, and who is told. */
const access = {
  'permissions-boundary': input.text(
    { description: 'The ARN of a policy that bounds every role.' },
    { allowed: 'the ARN of a policy', parse: parseArn('iam') },
  ),
  'failure-topic': input.text(
    { description: 'The ARN of an Amazon SNS topic that is told of failed executions.' },
    { allowed: 'the ARN of a topic', parse: parseArn('sns') },
  ),
  'github-repository': input.text({
    description:
      'OWNER/NAME of a GitHub repository whose workflows may assume a role with the rights of the builds. As OWNER@ID/NAME@ID, nobody who takes the name over later is let in.',
    example: 'octo/shop',
  }),
  'github-subjects': input.items({
    description: 'From where they may: ref:refs/heads/BRANCH, ref:refs/tags/TAG, environment:NAME. Default: the branch.',
  }),
  'github-provider': input.text(
    { description: "The ARN of the account's identity provider for GitHub. Default: one is made; an account can have only one." },
    { allowed: 'the ARN of an identity provider', parse: parseArn('iam') },
  ),
};

/** A last stage that waits until the cluster runs what was published. */
const deployment = {
  'cluster-name': input.text({
    description: 'The Amazon EKS cluster of a Deploy stage. Default: no such stage.',
    example: 'eks-workshop',
  }),
  kustomization: input.text({ description: 'The Kustomization of Flux that is reconciled there.', example: 'apps' }),
  'flux-image-repository': input.text({ description: 'The ImageRepository of Flux that scans the images, where Flux commits.' }),
  workload: input.text({ description: 'The Deployment that is waited for.', example: 'ui' }),
  namespace: input.text({ description: 'Where the workload is.', default: 'default' }),
  ingress: input.text({ description: 'The Ingress that is waited for. Default: none.' }),
};

export const inputs = { ...operation, ...source, ...build, ...storage, ...access, ...deployment };
export type ProvisionInputs = ValuesOf<typeof inputs>;
