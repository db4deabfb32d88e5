import { expect, test } from '@jest/globals';
import { explainAwsFailure } from './aws-failure.ts';

const call = { purpose: 'describe it', right: 'eks:DescribeCluster', resource: 'arn:x' };
const fault = (name: string, message: string): Error => Object.assign(new Error(message), { name });

test.each([
  [
    fault(
      'AccessDeniedException',
      'User: u is not authorized to perform: eks:DescribeCluster on resource: arn:y because no policy',
    ),
    {
      code: 'CLUSTER_DENIED',
      remedy: 'Add to its policy: {"Effect": "Allow", "Action": "eks:DescribeCluster", "Resource": "arn:y"}',
    },
  ],
  [fault('AccessDenied', 'no'), { code: 'CLUSTER_DENIED', remedy: expect.stringContaining('"Resource": "arn:x"') }],
  [fault('ExpiredTokenException', 'old'), { code: 'CLUSTER_DENIED', found: 'ExpiredTokenException: old' }],
  [fault('ThrottlingException', 'Rate exceeded'), { code: 'CLUSTER_UNREACHABLE', remedy: 'Run the step again later.' }],
  [fault('TimeoutError', 'socket'), { code: 'CLUSTER_UNREACHABLE', found: 'TimeoutError: socket' }],
  [fault('Error', 'getaddrinfo ENOTFOUND eks.xx-1.amazonaws.com'), { code: 'CLUSTER_UNREACHABLE' }],
])('%s', (thrown, expected) => {
  expect(explainAwsFailure(thrown, call).failure).toMatchObject(expected);
});
