import { expect, test } from '@jest/globals';
import { responseError, saysExpired } from './response-error.ts';

const writing = { registry: 'r.example', purpose: 'write r.example/shop:latest', tagging: true };
const reading = { registry: 'r.example', purpose: 'read r.example/shop:latest' };
const body = (code: string, message: string) => JSON.stringify({ errors: [{ code, message }] });

test.each([
  [
    'ECR',
    400,
    body(
      'TAG_INVALID',
      "The image tag 'latest' already exists in the 'shop' repository and cannot be overwritten because the repository is immutable.",
    ),
  ],
  [
    'ECR today',
    400,
    body(
      'TAG_INVALID',
      "The image tag 'latest' already exists in the 'shop' repository and cannot be overwritten because the tag is immutable.",
    ),
  ],
  ['Harbor', 412, body('PRECONDITION', "Failed to process request due to 'shop:latest' configured as immutable.")],
  ['a conflict', 409, body('DENIED', 'tag latest already exists')],
  ['an own code', 403, body('TAG_IMMUTABLE', 'no')],
])('a tag that may not be moved is known by the words of %s', (_, status, text) => {
  const error = responseError(writing, { status, body: text });
  expect(error.code).toBe('TAG_IMMUTABLE');
  expect(error.failure.detail).toBe(text);
});

test.each([
  [reading, 400, body('TAG_INVALID', 'immutable'), 'REGISTRY_RESPONSE'],
  [writing, 400, body('MANIFEST_INVALID', 'manifest invalid'), 'REGISTRY_RESPONSE'],
  [writing, 401, body('UNAUTHORIZED', 'authentication required'), 'REGISTRY_DENIED'],
  [writing, 403, body('DENIED', 'User is not authorized to perform: ecr:PutImage'), 'REGISTRY_DENIED'],
  [writing, 404, body('NAME_UNKNOWN', "The repository with name 'shop' does not exist"), 'REGISTRY_NOT_FOUND'],
  [reading, 429, 'slow down', 'REGISTRY_UNREACHABLE'],
  [reading, 502, '<html>Bad Gateway</html>', 'REGISTRY_UNREACHABLE'],
  [reading, 418, '', 'REGISTRY_RESPONSE'],
])('%o answered with %d %s is %s', (request, status, text, code) => {
  expect(responseError(request, { status, body: text })).toMatchObject({
    code,
    failure: { found: expect.stringContaining(String(status)) },
  });
});

test('a missing repository is told apart from a missing image in it', () => {
  const messages = ['NAME_UNKNOWN', 'MANIFEST_UNKNOWN'].map(
    code => responseError(reading, { status: 404, body: body(code, 'no') }).message,
  );
  expect(messages[0]).toContain('has no such repository');
  expect(messages[1]).toContain('does not hold it');
});

test('ECR tells by 403 that a token has expired; any other 403 is final', () => {
  expect(
    saysExpired({ status: 403, body: body('DENIED', 'Your authorization token has expired. Reauthenticate and try again.') }),
  ).toBe(true);
  expect(saysExpired({ status: 403, body: body('DENIED', 'not authorized') })).toBe(false);
});

test('a push that Amazon ECR denies names the right, and the policy statement that gives it', () => {
  const arn = 'arn:aws:ecr:us-west-2:123456789012:repository/shop';
  const words = `User: arn:aws:sts::123456789012:assumed-role/ci/run is not authorized to perform: ecr:PutImage on resource: ${arn} because no identity-based policy allows the ecr:PutImage action`;
  expect(responseError(writing, { status: 403, body: body('DENIED', words) }).failure).toMatchObject({
    likely: 'the role of this step may not call ecr:PutImage',
    remedy: `Add to its policy: {"Effect":"Allow","Action":"ecr:PutImage","Resource":"${arn}"}`,
  });
});

test.each([400, 404])('an index whose images Amazon ECR does not hold is told as such, by %d', status => {
  const digests = ['a', 'b'].map(digit => `sha256:${digit.repeat(64)}`);
  const words = `Images with digests '[${digests.join(', ')}]' required for pushing image into repository with name 'shop' in the registry with id '123456789012' do not exist`;
  expect(responseError(writing, { status, body: body('MANIFEST_BLOB_UNKNOWN', words) })).toMatchObject({
    code: 'REGISTRY_NOT_FOUND',
    message: `r.example does not hold what the index names (${digests.join(', ')}): could not write r.example/shop:latest.`,
  });
});

test('throttling says that a quota is used up', () => {
  expect(responseError(writing, { status: 429, body: body('TOOMANYREQUESTS', 'Rate exceeded') }).failure).toMatchObject({
    found: 'HTTP 429: Rate exceeded',
    remedy: expect.stringContaining('Service Quotas'),
  });
});
