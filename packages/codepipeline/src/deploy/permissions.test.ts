import { expect, test } from '@jest/globals';
import { permissionChanges, permissionLines } from './permissions.ts';
import { noTemplate, type TemplateDocument } from './template-document.ts';

function template(Resources: Record<string, { Type: string; Properties?: Record<string, unknown> }>): TemplateDocument {
  const given = Object.entries(Resources).map(([name, one]) => [name, { Properties: {}, ...one }]);
  return { Resources: Object.fromEntries(given), Outputs: {} };
}

const trust = { Statement: [{ Effect: 'Allow', Principal: { Service: 'codebuild.amazonaws.com' }, Action: 'sts:AssumeRole' }] };

function role(actions: string | string[], more: Record<string, unknown> = {}) {
  const Statement = [{ Sid: 'Push', Effect: 'Allow', Action: actions, Resource: { 'Fn::GetAtt': ['Repository', 'Arn'] } }];
  const Policies = [{ PolicyName: 'rights', PolicyDocument: { Statement } }];
  return template({
    Role: { Type: 'AWS::IAM::Role', Properties: { Description: 'builds', AssumeRolePolicyDocument: trust, Policies, ...more } },
  });
}

test('a new role is told with who may assume it and all that it may', () => {
  expect(permissionLines(permissionChanges(noTemplate, role(['ecr:PutImage', 'ecr:BatchGetImage'])))).toEqual([
    'AWS::IAM::Role Role',
    '  + Allow sts:AssumeRole to codebuild.amazonaws.com',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as a template writes it
    '  + Allow ecr:BatchGetImage, ecr:PutImage on ${Repository.Arn}',
  ]);
});

test('of a changed role only the calls that came and went are told', () => {
  expect(permissionChanges(role(['ecr:PutImage', 'ecr:BatchGetImage']), role(['ecr:PutImage', 'ecr:DeleteRepository']))).toEqual([
    {
      resource: 'Role',
      type: 'AWS::IAM::Role',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: as a template writes it
      added: ['Allow ecr:DeleteRepository on ${Repository.Arn}'],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: as a template writes it
      removed: ['Allow ecr:BatchGetImage on ${Repository.Arn}'],
    },
  ]);
});

test.each([
  ['the same', role('ecr:PutImage'), role(['ecr:PutImage']), []],
  ['another description', role('a:B'), role('a:B', { Description: 'other' }), []],
  ['a boundary that goes', role('a:B', { PermissionsBoundary: 'arn:x' }), role('a:B'), ['  - PermissionsBoundary: arn:x']],
  ['a managed policy', role('a:B'), role('a:B', { ManagedPolicyArns: ['arn:y'] }), ['  + ManagedPolicyArns: arn:y']],
])('%s', (_, before, after, lines) => {
  expect(permissionLines(permissionChanges(before, after)).slice(1)).toEqual(lines);
});

test('what others are let do with a bucket, and what stands in a condition, are rights too', () => {
  const Statement = {
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: 'arn:b',
    Condition: { Bool: { secure: 'false' } },
  };
  const after = template({ Policy: { Type: 'AWS::S3::BucketPolicy', Properties: { PolicyDocument: { Statement } } } });
  expect(permissionLines(permissionChanges(noTemplate, after))).toEqual([
    'AWS::S3::BucketPolicy Policy',
    '  + Deny s3:* to * on arn:b if Bool secure false',
  ]);
});

test('an access entry of the cluster is a right, a bucket is none', () => {
  const Properties = { ClusterName: 'shop', PrincipalArn: { 'Fn::GetAtt': ['Role', 'Arn'] } };
  const after = template({ Entry: { Type: 'AWS::EKS::AccessEntry', Properties }, Bucket: { Type: 'AWS::S3::Bucket' } });
  expect(permissionChanges(noTemplate, after)).toEqual([
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as a template writes it
    { resource: 'Entry', type: 'AWS::EKS::AccessEntry', added: ['ClusterName: shop', 'PrincipalArn: ${Role.Arn}'], removed: [] },
  ]);
});
