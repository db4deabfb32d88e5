import { describe, expect, test } from '@jest/globals';
import type { Refusal } from './refusal.ts';
import { describePermissions, refusalError } from './refusal-error.ts';

const asked = { host: 'api.github.com', purpose: 'open a pull request in octo/gitops', permission: 'pull_requests=write' };

function errorOf(more: Partial<Refusal>) {
  return refusalError(asked, { status: 200, headers: {}, types: [], words: [], ...more });
}

describe('a refusal becomes an error', () => {
  test.each<[string, Partial<Refusal>, string, string]>([
    ['of a wrong token', { status: 401, words: ['Bad credentials'] }, 'GITHUB_DENIED', 'refused the token'],
    ['of a permission, by REST', { status: 403 }, 'GITHUB_DENIED', 'did not allow it'],
    ['of a permission, by GraphQL', { types: ['FORBIDDEN'] }, 'GITHUB_DENIED', 'did not allow it'],
    ['of a scope', { types: ['INSUFFICIENT_SCOPES'] }, 'GITHUB_DENIED', 'did not allow it'],
    ['of no access, by REST', { status: 404 }, 'GITHUB_DENIED', 'or hides it from this token'],
    ['of no access, by GraphQL', { types: ['NOT_FOUND'] }, 'GITHUB_DENIED', 'or hides it from this token'],
    ['of a size', { status: 413 }, 'GITHUB_FAILED', 'of this size'],
    ['of a size, in words', { words: ['The request is too large'] }, 'GITHUB_FAILED', 'of this size'],
    ['of a failure', { status: 503 }, 'GITHUB_FAILED', 'is failing'],
    ['of anything else', { status: 422 }, 'GITHUB_FAILED', 'refused: could not open a pull request'],
  ])('%s', (_, more, code, message) => {
    expect(errorOf(more)).toMatchObject({ code, message: expect.stringContaining(message) });
  });

  test('with the permission that GitHub names, else the one that is known to be needed', () => {
    const headers = { 'x-accepted-github-permissions': 'issues=write; pull_requests=write' };
    const named = 'a token with issues: write, or pull_requests: write';
    expect(errorOf({ status: 403, headers })).toMatchObject({ failure: { expected: named } });
    expect(errorOf({ status: 403 })).toMatchObject({ failure: { expected: 'a token with pull_requests: write' } });
  });

  test('with the way to what an organization or a repository demands', () => {
    const sso = errorOf({ status: 403, headers: { 'x-github-sso': 'required; url=https://github.com/orgs/octo/sso' } });
    expect(sso.failure.remedy).toContain('SSO');
    const words = ['GitHub Actions is not permitted to create or approve pull requests.'];
    expect(errorOf({ status: 403, words }).failure.remedy).toContain('Allow GitHub Actions to create pull requests');
  });

  test('with GitHub’s own words', () => {
    expect(errorOf({ status: 422, words: ['Validation Failed', 'No commits between main and ui'] })).toMatchObject({
      failure: { found: 'HTTP 422: Validation Failed', detail: 'Validation Failed\nNo commits between main and ui' },
    });
    expect(errorOf({ types: ['UNPROCESSABLE'], words: ['No.'] }).failure.found).toBe('UNPROCESSABLE: No.');
    expect(errorOf({}).failure.found).toBe('a GraphQL error');
  });
});

test.each([
  ['contents=write', 'contents: write'],
  ['contents=write,pull_requests=write', 'contents: write and pull_requests: write'],
  ['contents=read; metadata=read,issues=write', 'contents: read, or metadata: read and issues: write'],
])('permissions %s are told as %s', (accepted, expected) => {
  expect(describePermissions(accepted)).toBe(expected);
});
