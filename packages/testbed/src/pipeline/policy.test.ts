import { expect, test } from '@jest/globals';
import { roleStatements, statementsAllow } from './policy.ts';
import { readStack } from './template.ts';

const place = { account: '123456789012', region: 'us-west-2', stack: 'shop' };
const roleArn = 'arn:aws:iam::123456789012:role/shop-Role';

function stackOf(properties: object) {
  return readStack({ Resources: { Role: { Type: 'AWS::IAM::Role', Properties: properties } } }, place);
}

function roleWith(...statements: object[]): object {
  return { Policies: [{ PolicyName: 'rights', PolicyDocument: { Version: '2012-10-17', Statement: statements } }] };
}

const pull = {
  Effect: 'Allow',
  Action: ['ecr:BatchGetImage'],
  Resource: { 'Fn::Sub': `arn:aws:ecr:\${AWS::Region}:1:repository/shop/*` },
};
const logIn = { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' };

test.each([
  ['ecr:BatchGetImage', 'arn:aws:ecr:us-west-2:1:repository/shop/ui', true],
  ['ecr:BatchGetImage', 'arn:aws:ecr:us-west-2:1:repository/bank/ui', false],
  ['ecr:PutImage', 'arn:aws:ecr:us-west-2:1:repository/shop/ui', false],
  ['ecr:GetAuthorizationToken', '*', true],
])('%s on %s is allowed: %s', (action, resource, answer) => {
  const statements = roleStatements(stackOf(roleWith(pull, logIn)), roleArn);
  expect(statementsAllow(statements, { action, resource })).toBe(answer);
});

test('what is not weighed is refused: a role of another stack, a Deny, a managed policy', () => {
  expect(() => roleStatements(stackOf({}), 'arn:aws:iam::123456789012:role/other')).toThrow('no role');
  expect(() => roleStatements(stackOf(roleWith({ ...pull, Effect: 'Deny' })), roleArn)).toThrow('Allow');
  expect(() => roleStatements(stackOf({ ManagedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] }), roleArn)).toThrow();
});
