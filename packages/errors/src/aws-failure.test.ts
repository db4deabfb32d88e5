import { expect, test } from '@jest/globals';
import { ActionError } from './action-error.ts';
import { explainAwsFailure } from './aws-failure.ts';

const call = { purpose: 'read it', right: 'codepipeline:GetPipeline', resource: 'arn:aws:codepipeline:us-west-2:*:shop' };

test.each([
  [
    'AccessDeniedException',
    'no',
    'AWS_DENIED',
    '"Action": "codepipeline:GetPipeline", "Resource": "arn:aws:codepipeline:us-west-2:*:shop"',
  ],
  [
    'AccessDeniedException',
    'User: u is not authorized to perform: codebuild:BatchGetBuilds on resource: arn:x because',
    'AWS_DENIED',
    '"Action": "codebuild:BatchGetBuilds", "Resource": "arn:x"',
  ],
  ['ExpiredTokenException', 'The security token is expired', 'AWS_DENIED', 'Get fresh credentials'],
  ['ThrottlingException', 'Rate exceeded', 'AWS_THROTTLED', 'later'],
  ['Throttling', 'Rate exceeded', 'AWS_THROTTLED', 'later'],
  ['TimeoutError', 'socket hang up', 'AWS_UNREACHABLE', 'Check network'],
])('%s: %s is %s', (name, message, code, remedy) => {
  const error = explainAwsFailure(Object.assign(new Error(message), { name }), call);
  expect(error.code).toBe(code);
  expect(error.failure.remedy).toContain(remedy);
  expect(error.failure.found).toBe(`${name}: ${message}`);
});

test('an explained failure stays as it is', () => {
  const error = new ActionError({ code: 'AWS_CREDENTIALS_MISSING', message: 'None.' });
  expect(explainAwsFailure(error, call)).toBe(error);
});
