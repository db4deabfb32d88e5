import { formatError, toActionError } from '@eks-gitops/errors';
import { expect, test } from '@jest/globals';
import { checkOptions } from './check-options.ts';
import { allOptions, labOptions, optionSets } from './option-sets.ts';
import type { PipelineOptions } from './options.ts';
import { pipelineTemplate } from './template.ts';

test('all sets of options are fine', () => {
  for (const options of [labOptions, allOptions, ...optionSets]) checkOptions(options);
});

const connection = { kind: 'connection', connectionArn: 'arn:aws:codeconnections:1', repository: 'o/r', branch: 'main' } as const;
const github = { repository: 'octo/shop', subjects: ['environment:production'] };

test.each<[string, Partial<PipelineOptions>]>([
  ['name', { name: 'x' }],
  ['name', { name: 'shop.ui' }],
  ['name', { name: 'x'.repeat(58) }],
  ['toolPackage', { toolPackage: 'eks-gitops-actions' }],
  ['toolPackage', { toolPackage: 'eks-gitops-actions@latest' }],
  ['toolPackage', { toolPackage: 'eks-gitops-actions@^1.2.3' }],
  ['toolPackage', { toolPackage: 'https://example.com/a.tgz' }],
  ['toolPackage', { toolPackage: 's3://tools' }],
  ['repository', { repository: { kind: 'create', name: 'Shop' } }],
  ['repository', { repository: { kind: 'existing', name: 'shop/ui:tag' } }],
  ['repository', { repository: { kind: 'existing', name: '123456789012.dkr.ecr.us-west-2.amazonaws.com/shop' } }],
  ['source', { source: { kind: 'codecommit', repository: '*', branch: 'main', create: false } }],
  ['source', { source: { ...connection, connectionArn: 'arn:aws:codeconnections:us-west-2:123456789012:*' } }],
  ['source', { source: { kind: 's3', bucket: 'shop-sources', key: '*.zip' } }],
  ['bucket', { bucket: { kind: 'existing', name: '*' } }],
  ['encryption', { encryption: { kind: 'existing', keyArn: 'arn:aws:kms:us-west-2:123456789012:key/*' } }],
  ['deployment', { deployment: { clusterName: '*', kustomization: 'apps', deployment: 'ui', namespace: 'ui' } }],
  ['toolPackage', { toolPackage: 's3://tools/*.tgz' }],
  ['buildArgs', { buildArgs: ['A=1\nB=2'] }],
  ['buildArgs', { buildArgs: ['--push=false'] }],
  ['network', { network: { vpcId: 'vpc-1', subnetIds: [], securityGroupIds: ['sg-1'] } }],
  ['logRetentionDays', { logRetentionDays: 31 }],
  ['buildTimeoutMinutes', { buildTimeoutMinutes: 4 }],
  ['stagingImageDays', { stagingImageDays: 0.5 }],
  ['concurrentBuilds', { concurrentBuilds: 0 }],
  ['githubRole.repository', { githubRole: { ...github, repository: 'octo/*' } }],
  ['githubRole.repository', { githubRole: { ...github, repository: 'octo@*/shop@*' } }],
  ['githubRole.repository', { githubRole: { ...github, repository: 'octo@1/shop' } }],
  ['githubRole.subjects', { githubRole: { ...github, subjects: ['*'] } }],
  ['githubRole.subjects', { githubRole: { ...github, subjects: ['pull_request'] } }],
  ['githubRole.subjects', { githubRole: { ...github, subjects: [] } }],
])('%s is refused: %j', (option, options) => {
  expect(() => checkOptions({ ...labOptions, ...options })).toThrow(`with this ${option}.`);
});

test('all faults are told at once, and no template is made', () => {
  try {
    pipelineTemplate({ ...labOptions, name: 'x', githubRole: { repository: 'octo/shop', subjects: ['*', 'environment:a'] } });
  } catch (thrown) {
    expect(formatError(toActionError(thrown)).split('\n')).toEqual(
      expect.arrayContaining([
        'The pipeline cannot be made with this name, githubRole.subjects.',
        expect.stringContaining('name: "x"; githubRole.subjects: "*"'),
      ]),
    );
  }
  expect.assertions(1);
});
