import { expect, test } from '@jest/globals';
import { explainEcrFailure } from './token.ts';

const registry = '123456789012.dkr.ecr.us-west-2.amazonaws.com';
const host = { account: '123456789012', region: 'us-west-2', fips: false, dualStack: false };

function thrown(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

test.each([
  [
    'a missing right, with the policy statement that gives it',
    thrown(
      'AccessDeniedException',
      'User: arn:aws:sts::1:assumed-role/x is not authorized to perform: ecr:GetAuthorizationToken on resource: *',
    ),
    /not authorized/,
    /"Action":"ecr:GetAuthorizationToken","Resource":"\*"/,
  ],
  [
    'a missing right to assume the role',
    thrown('AccessDenied', 'User is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::1:role/x'),
    /not authorized/,
    /"Action":"sts:AssumeRole","Resource":"arn:aws:iam::1:role\/x"/,
  ],
  [
    'no credentials',
    thrown('CredentialsProviderError', 'Could not load credentials from any providers'),
    /any providers/,
    /id-token: write/,
  ],
  ['expired credentials', thrown('ExpiredTokenException', 'The security token is expired'), /expired/, /fresh credentials/],
  ['an unreachable endpoint', thrown('TimeoutError', 'connect ETIMEDOUT'), /ETIMEDOUT/, /network/],
])('%s', (_, error, found, remedy) => {
  const failure = explainEcrFailure(error, { registry, host });
  expect(failure).toMatchObject({
    code: 'ECR_LOGIN_FAILED',
    failure: { found: expect.stringMatching(found), remedy: expect.stringMatching(remedy) },
  });
});
