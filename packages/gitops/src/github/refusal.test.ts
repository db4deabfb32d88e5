import { describe, expect, test } from '@jest/globals';
import { limitWait, parseRefusal, type Refusal } from './refusal.ts';

const now = new Date('2026-11-24T10:00:00Z');

function refusal(more: Partial<Refusal>): Refusal {
  return { status: 403, headers: {}, types: [], words: [], ...more };
}

describe('what Octokit throws', () => {
  test('for an answer of REST gives the status, the headers and every word of the body', () => {
    const data = { message: 'Validation Failed', errors: [{ resource: 'PullRequest', message: 'No commits' }, 'Other'] };
    const thrown = Object.assign(new Error('x'), { status: 422, response: { headers: { 'x-a': 1, 'x-b': undefined }, data } });
    expect(parseRefusal(thrown)).toEqual({
      status: 422,
      headers: { 'x-a': '1' },
      types: [],
      words: ['Validation Failed', 'No commits', 'Other'],
    });
  });

  test('for a page of HTML, or nothing, keeps what there is', () => {
    const page = Object.assign(new Error('x'), { status: 502, response: { headers: {}, data: '<h1>Unicorn</h1>\n' } });
    expect(parseRefusal(page)).toMatchObject({ status: 502, words: ['<h1>Unicorn</h1>'] });
    const nothing = Object.assign(new Error('x'), { status: 502, response: { headers: {}, data: '' } });
    expect(parseRefusal(nothing)).toMatchObject({ words: [] });
  });

  test('for errors of GraphQL gives their types and words, without the brackets of some', () => {
    const errors = [{ type: 'STALE_DATA', message: 'Expected' }, { message: '["Pull request is in clean status"]' }];
    const thrown = Object.assign(new Error('x'), { name: 'GraphqlResponseError', headers: {}, errors });
    expect(parseRefusal(thrown)).toEqual({
      status: 200,
      headers: {},
      types: ['STALE_DATA'],
      words: ['Expected', 'Pull request is in clean status'],
    });
  });

  test('for a broken connection is no answer', () => {
    expect(parseRefusal(Object.assign(new Error('read ECONNRESET'), { status: 500 }))).toBeUndefined();
    expect(parseRefusal('x')).toBeUndefined();
  });
});

describe('a limit of the rate is waited for', () => {
  const inAMinute = String(now.getTime() / 1000 + 60);
  test.each<[string, Partial<Refusal>, number | undefined]>([
    ['by retry-after', { headers: { 'retry-after': '7' } }, 7_000],
    [
      'by retry-after rather than by the reset',
      { headers: { 'retry-after': '7', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inAMinute } },
      7_000,
    ],
    [
      'until the reset when nothing remains',
      { headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inAMinute } },
      61_000,
    ],
    ['no time for a reset that has passed', { headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' } }, 1_000],
    ['a minute when it is only named', { words: ['You have exceeded a secondary rate limit.'] }, 60_000],
    ['a minute for a bare 429', { status: 429 }, 60_000],
    ['in GraphQL’s way', { status: 200, types: ['RATE_LIMITED'], words: ['API rate limit exceeded'] }, 60_000],
    ['not when it is a permission', { words: ['Resource not accessible by integration'] }, undefined],
    ['not when requests remain', { headers: { 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': inAMinute } }, undefined],
    [
      'not for another status',
      { status: 422, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inAMinute } },
      undefined,
    ],
  ])('%s', (_, more, expected) => {
    expect(limitWait(refusal(more), now)).toBe(expected);
  });
});
