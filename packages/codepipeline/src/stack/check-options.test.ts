import { formatError, toActionError } from '@eks-gitops/errors';
import { expect, test } from '@jest/globals';
import { checkOptions } from './check-options.ts';
import { allOptions, labOptions, optionSets } from './option-sets.ts';
import type { PipelineOptions } from './options.ts';
import { pipelineTemplate } from './template.ts';

test('all sets of options are fine', () => {
  for (const options of [labOptions, allOptions, ...optionSets]) checkOptions(options);
});

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
  ['buildArgs', { buildArgs: ['A=1\nB=2'] }],
  ['buildArgs', { buildArgs: ['--push=false'] }],
  ['network', { network: { vpcId: 'vpc-1', subnetIds: [], securityGroupIds: ['sg-1'] } }],
  ['logRetentionDays', { logRetentionDays: 31 }],
  ['buildTimeoutMinutes', { buildTimeoutMinutes: 4 }],
  ['stagingImageDays', { stagingImageDays: 0.5 }],
  ['concurrentBuilds', { concurrentBuilds: 0 }],
  ['githubRole.repository', { githubRole: { ...github, repository: 'octo/*' } }],
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
