import { expect, test } from '@jest/globals';
import { readStack } from './template.ts';

const place = { account: '123456789012', region: 'us-west-2', stack: 'shop' };
const resources = {
  Images: { Type: 'AWS::ECR::Repository', Properties: { RepositoryName: { Ref: 'Name' } } },
  Role: { Type: 'AWS::IAM::Role', Properties: {} },
};

function resolve(value: unknown): unknown {
  const template = {
    Parameters: { Name: { Default: 'shop/ui' } },
    Conditions: { Yes: { 'Fn::Equals': [{ Ref: 'Name' }, 'shop/ui'] }, No: { 'Fn::Not': [{ Condition: 'Yes' }] } },
    Resources: { ...resources, Thing: { Type: 'Thing', Properties: { value } } },
  };
  return readStack(template, place).resources('Thing')[0]?.properties['value'];
}

const uri = '123456789012.dkr.ecr.us-west-2.amazonaws.com/shop/ui';

test.each([
  [{ Ref: 'Name' }, 'shop/ui'],
  [{ Ref: 'AWS::Region' }, 'us-west-2'],
  [{ Ref: 'Images' }, 'shop/ui'],
  [{ 'Fn::GetAtt': ['Images', 'RepositoryUri'] }, uri],
  [{ 'Fn::GetAtt': 'Role.Arn' }, 'arn:aws:iam::123456789012:role/shop-Role'],
  [{ 'Fn::Join': ['/', ['a', { Ref: 'Name' }]] }, 'a/shop/ui'],
  [{ 'Fn::Sub': `\${Images.RepositoryUri}:\${!tag}\${AWS::Region}` }, `${uri}:\${tag}us-west-2`],
  [{ 'Fn::Sub': [`\${a}-\${Name}`, { a: { Ref: 'AWS::StackName' } }] }, 'shop-shop/ui'],
  [{ 'Fn::Select': [1, { 'Fn::Split': ['/', { Ref: 'Name' }] }] }, 'ui'],
  [{ 'Fn::If': ['Yes', 1, 2] }, 1],
  [{ 'Fn::If': ['No', 1, { Ref: 'AWS::NoValue' }] }, undefined],
  [[{ a: { Ref: 'Name' }, b: 1 }], [{ a: 'shop/ui', b: 1 }]],
])('%j becomes %j', (value, expected) => {
  expect(resolve(value)).toEqual(expected);
});

test.each([
  [{ 'Fn::Cidr': ['10.0.0.0/16', 1, 8] }, 'Fn::Cidr'],
  [{ 'Fn::GetAtt': ['Images', 'Colour'] }, 'Colour'],
  [{ Ref: 'Nobody' }, 'Nobody'],
])('%j is not guessed', (value, named) => {
  expect(() => resolve(value)).toThrow(named);
});
