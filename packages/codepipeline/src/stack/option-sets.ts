import type { PipelineOptions } from './options.ts';
import { type Choices, pairwise } from './pairwise.ts';

/** The lab's own pipeline, with nothing optional. */
export const labOptions: PipelineOptions = {
  name: 'shop',
  source: { kind: 'codecommit', repository: 'shop', branch: 'main', create: true },
  context: 'src/ui',
  buildArgs: [],
  executionMode: 'SUPERSEDED',
  toolPackage: 'eks-gitops-actions@1.2.3',
  repository: { kind: 'create', name: 'shop/ui' },
  bucket: { kind: 'create' },
  encryption: { kind: 'aws' },
  cache: false,
  logRetentionDays: 30,
  buildTimeoutMinutes: 60,
  stagingImageDays: 14,
};

const connection = 'arn:aws:codeconnections:us-west-2:123456789012:connection/01234567-89ab-cdef-0123-456789abcdef';
const key = 'arn:aws:kms:us-west-2:123456789012:key/01234567-89ab-cdef-0123-456789abcdef';
const deployment = { clusterName: 'eks-workshop', kustomization: 'apps', deployment: 'ui', namespace: 'ui' };

/** For each option the values that make a difference to the template. */
const choices: Choices<PipelineOptions> = {
  name: ['shop'],
  context: ['src/ui'],
  source: [
    labOptions.source,
    { kind: 'codecommit', repository: 'shop', branch: 'main', create: false },
    { kind: 'connection', connectionArn: connection, repository: 'octo/shop', branch: 'main' },
    {
      kind: 'connection',
      connectionArn: connection.replace('codeconnections', 'codestar-connections'),
      repository: 'group/shop',
      branch: 'main',
    },
    { kind: 's3', bucket: 'shop-sources', key: 'shop/source.zip' },
  ],
  file: [undefined, 'src/ui/Dockerfile'],
  target: [undefined, 'release'],
  buildArgs: [[], ['VERSION=1', 'COLOURS=red,green']],
  executionMode: ['SUPERSEDED', 'QUEUED', 'PARALLEL'],
  toolPackage: [labOptions.toolPackage, 's3://shop-tools/eks-gitops-actions-1.2.3.tgz'],
  repository: [labOptions.repository, { kind: 'existing', name: 'shop/ui' }],
  bucket: [labOptions.bucket, { kind: 'existing', name: 'shop-artifacts' }],
  logRetentionDays: [30],
  buildTimeoutMinutes: [60],
  stagingImageDays: [14],
  encryption: [{ kind: 'aws' }, { kind: 'create' }, { kind: 'existing', keyArn: key }],
  network: [
    undefined,
    {
      vpcId: 'vpc-0123456789abcdef0',
      subnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
      securityGroupIds: ['sg-0123456789abcdef0'],
    },
  ],
  cache: [false, true],
  buildkitImage: [undefined, 'mirror.example.com/moby/buildkit:v0.34.2'],
  concurrentBuilds: [undefined, 2],
  failureTopicArn: [undefined, 'arn:aws:sns:us-west-2:123456789012:failures'],
  permissionsBoundaryArn: [undefined, 'arn:aws:iam::123456789012:policy/boundary'],
  deployment: [undefined, deployment, { ...deployment, imageRepository: 'ui', ingress: 'ui' }],
  githubRole: [
    undefined,
    { repository: 'octo/shop', subjects: ['ref:refs/heads/main', 'ref:refs/tags/v*'] },
    {
      repository: 'octo/shop',
      subjects: ['environment:production'],
      providerArn: 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com',
    },
  ],
};

/** Sets of options in which every two choices of two options meet. */
export const optionSets: readonly PipelineOptions[] = pairwise<PipelineOptions>(choices);

/** Everything at once: the largest template. */
export const allOptions: PipelineOptions = {
  ...labOptions,
  name: 'a-name-that-is-as-long-as-they-get'.padEnd(57, '-x'),
  file: 'src/ui/Dockerfile',
  target: 'release',
  buildArgs: ['VERSION=1', 'COLOURS=red,green'],
  toolPackage: 's3://shop-tools/eks-gitops-actions-1.2.3.tgz',
  encryption: { kind: 'create' },
  cache: true,
  buildkitImage: 'mirror.example.com/moby/buildkit:v0.34.2',
  concurrentBuilds: 2,
  failureTopicArn: 'arn:aws:sns:us-west-2:123456789012:failures',
  permissionsBoundaryArn: 'arn:aws:iam::123456789012:policy/boundary',
  network: {
    vpcId: 'vpc-0123456789abcdef0',
    subnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
    securityGroupIds: ['sg-0123456789abcdef0'],
  },
  deployment: { ...deployment, imageRepository: 'ui', ingress: 'ui' },
  githubRole: { repository: 'octo/shop', subjects: ['ref:refs/heads/main', 'ref:refs/tags/v*'] },
};
