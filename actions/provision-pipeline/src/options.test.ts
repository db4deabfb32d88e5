import { readInputs } from '@eks-gitops/action';
import { expect, test } from '@jest/globals';
import { inputs, type ProvisionInputs } from './inputs.ts';
import { pipelineOptions } from './options.ts';

const spelling = { name: (input: string) => input, give: (input: string) => input };

function options(given: Readonly<Record<string, string>>) {
  const all = { name: 'Shop', 'tool-package': 'eks-gitops-actions@1.2.3', ...given };
  return pipelineOptions(readInputs({ inputs, given: all, spelling, blanksTell: false }) as ProvisionInputs);
}

test('a name and a package are enough', () => {
  expect(options({})).toEqual({
    name: 'Shop',
    source: { kind: 'codecommit', repository: 'Shop', branch: 'main', create: false },
    context: '.',
    buildArgs: [],
    executionMode: 'SUPERSEDED',
    toolPackage: 'eks-gitops-actions@1.2.3',
    repository: { kind: 'create', name: 'shop' },
    bucket: { kind: 'create' },
    encryption: { kind: 'aws' },
    cache: true,
    logRetentionDays: 30,
    buildTimeoutMinutes: 60,
    stagingImageDays: 14,
  });
});

const connection = 'arn:aws:codeconnections:us-west-2:123456789012:connection/01234567-89ab-cdef-0123-456789abcdef';
const key = 'arn:aws:kms:us-west-2:123456789012:key/01234567';

test.each([
  [
    { source: 'connection', 'connection-arn': connection, 'source-repository': 'group/sub/shop', branch: 'release' },
    { source: { kind: 'connection', connectionArn: connection, repository: 'group/sub/shop', branch: 'release' } },
  ],
  [
    { source: 's3', 'source-object': 's3://shop-sources/a/b.zip' },
    { source: { kind: 's3', bucket: 'shop-sources', key: 'a/b.zip' } },
  ],
  [
    { 'source-repository': 'lab', 'create-source-repository': 'true' },
    { source: { kind: 'codecommit', repository: 'lab', branch: 'main', create: true } },
  ],
  [{ 'image-repository': 'shop/ui', 'create-image-repository': 'false' }, { repository: { kind: 'existing', name: 'shop/ui' } }],
  [
    { 'artifact-bucket': 'shop-artifacts', 'artifact-key': key },
    { bucket: { kind: 'existing', name: 'shop-artifacts' }, encryption: { kind: 'existing', keyArn: key } },
  ],
  [{ 'artifact-key': 'create' }, { encryption: { kind: 'create' } }],
  [{ 'tool-package': 's3://tools/eks-gitops.tgz' }, { toolPackage: 's3://tools/eks-gitops.tgz' }],
  [
    { 'execution-mode': 'queued', 'build-timeout': '1h30m', 'build-args': 'A=1,2\nB=3', 'concurrent-builds': '2' },
    { executionMode: 'QUEUED', buildTimeoutMinutes: 90, buildArgs: ['A=1,2', 'B=3'], concurrentBuilds: 2 },
  ],
  [
    { 'vpc-id': 'vpc-1', 'subnet-ids': 'subnet-1,subnet-2', 'security-group-ids': 'sg-1' },
    { network: { vpcId: 'vpc-1', subnetIds: ['subnet-1', 'subnet-2'], securityGroupIds: ['sg-1'] } },
  ],
  [
    { 'cluster-name': 'eks', kustomization: 'apps', workload: 'ui', ingress: 'ui' },
    { deployment: { clusterName: 'eks', kustomization: 'apps', deployment: 'ui', namespace: 'default', ingress: 'ui' } },
  ],
  [
    { 'github-repository': 'octo/shop', branch: 'trunk' },
    { githubRole: { repository: 'octo/shop', subjects: ['ref:refs/heads/trunk'] } },
  ],
  [
    { 'github-repository': 'octo@123456/shop@456789' },
    { githubRole: { repository: 'octo@123456/shop@456789', subjects: ['ref:refs/heads/main'] } },
  ],
  [
    { 'github-repository': 'octo/shop', 'github-subjects': 'environment:production,ref:refs/tags/v*' },
    { githubRole: { repository: 'octo/shop', subjects: ['environment:production', 'ref:refs/tags/v*'] } },
  ],
])('%j becomes %j', (given, wanted) => {
  expect(options(given)).toMatchObject(wanted);
});

test.each([
  [{ 'tool-package': '' }, 'INPUT_MISSING'],
  [{ 'tool-package': 'eks-gitops-actions@latest' }, 'INPUT_INVALID'],
  [{ 'tool-package': 'eks-gitops-actions@^1.0.0' }, 'INPUT_INVALID'],
  [{ name: 's' }, 'INPUT_INVALID'],
  [{ source: 'connection', 'connection-arn': connection }, 'INPUT_MISSING'],
  [{ source: 'connection', 'source-repository': 'octo/shop' }, 'INPUT_MISSING'],
  [{ source: 'connection', 'connection-arn': connection, 'source-repository': 'shop' }, 'INPUT_INVALID'],
  [{ source: 's3' }, 'INPUT_MISSING'],
  [{ 'connection-arn': connection }, 'INPUT_INVALID'],
  [{ source: 's3', 'source-object': 's3://b1b/k', 'create-source-repository': 'true' }, 'INPUT_INVALID'],
  [{ 'vpc-id': 'vpc-1', 'subnet-ids': 'subnet-1' }, 'INPUT_MISSING'],
  [{ 'subnet-ids': 'subnet-1' }, 'INPUT_INVALID'],
  [{ 'cluster-name': 'eks', kustomization: 'apps' }, 'INPUT_MISSING'],
  [{ ingress: 'ui' }, 'INPUT_INVALID'],
  [{ 'github-repository': 'octo/shop', 'github-subjects': '*' }, 'INPUT_INVALID'],
  [{ 'github-repository': 'octo/*' }, 'INPUT_INVALID'],
  [{ 'github-subjects': 'environment:production' }, 'INPUT_INVALID'],
  [{ 'build-timeout': '1m' }, 'INPUT_INVALID'],
  [{ 'log-retention-days': '31' }, 'INPUT_INVALID'],
])('%j is %s', (given, code) => {
  expect(() => options(given)).toThrow(expect.objectContaining({ code }));
});
