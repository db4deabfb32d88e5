import { expect, test } from '@jest/globals';
import { explainAwsFailure } from './aws-failure.ts';

const call = { purpose: 'describe the stack shop', right: 'cloudformation:DescribeStacks' };
const fault = (name: string, message: string): Error => Object.assign(new Error(message), { name });

test.each([
  [fault('Error', 'Region is missing'), { code: 'INPUT_MISSING' }],
  [fault('CredentialsProviderError', 'Could not load credentials'), { code: 'AWS_CREDENTIALS_MISSING' }],
  [
    fault('AccessDenied', 'User: u is not authorized to perform: cloudformation:DescribeStacks on resource: arn:y because'),
    {
      code: 'AWS_DENIED',
      remedy: 'Add to its policy: {"Effect": "Allow", "Action": "cloudformation:DescribeStacks", "Resource": "arn:y"}',
    },
  ],
  [fault('ExpiredToken', 'old'), { code: 'AWS_DENIED', found: 'ExpiredToken: old' }],
  [fault('ValidationError', 'Template error'), { code: 'CHANGES_INVALID', found: 'ValidationError: Template error' }],
  [fault('TimeoutError', 'socket'), { code: 'AWS_UNREACHABLE', found: 'TimeoutError: socket' }],
])('%s', (thrown, expected) => {
  expect(explainAwsFailure(thrown, call).failure).toMatchObject(expected);
});
