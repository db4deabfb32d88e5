import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { judgeTag } from './judge-tag.ts';
import { orderTags, releaseTagOrder, type TagRule } from './tag-order.ts';

const origin = 'the ImagePolicy ui (a.yaml:1)';

function rule(policy: TagRule['policy'], pattern?: string, extract = ''): TagRule {
  return { origin, policy, filterTags: pattern === undefined ? undefined : { pattern, extract } };
}

const alphabetical = { kind: 'alphabetical', order: 'asc' } as const;
const numerical = { kind: 'numerical', order: 'asc' } as const;
const release = '^i(?P<time>\\d{14})-[0-9a-f]{8}$';

describe('of two tags', () => {
  test.each([
    ['later text', rule(alphabetical), 'a', 'b'],
    ['text in bytes', rule(alphabetical), 'B', 'a'],
    ['earlier text when descending', rule({ ...alphabetical, order: 'desc' }), 'b', 'a'],
    ['text, though a number is less', rule(alphabetical), '10', '9'],
    ['the greater number', rule(numerical), '9', '10'],
    ['the lesser number when descending', rule({ ...numerical, order: 'desc' }), '10', '9'],
    ['the greater fraction', rule(numerical), '1.25', '1.5'],
    ['the greater exponent', rule(numerical), '9e2', '1e3'],
    ['the higher version', rule({ kind: 'semver', range: '>=1.0.0' }), '1.9.0', 'v1.10.0'],
    ['the release after its prerelease', rule({ kind: 'semver', range: '>=1.0.0-0' }), '1.0.0-rc.10', '1.0.0'],
    ['the later prerelease', rule({ kind: 'semver', range: '>=1.0.0-0' }), '1.0.0-rc.9', '1.0.0-rc.10'],
    ['the later time', rule(alphabetical, release), 'i20261123100000-ffffffff', 'i20261123100001-00000000'],
    ['the later time by name', rule(numerical, release, '$time'), 'i20261123100000-ffffffff', 'i20261123100001-00000000'],
    ['the number extracted', rule(numerical, '^main-[0-9a-f]+-(\\d+)$', '$1'), 'main-ff-9', 'main-00-10'],
    ['the version extracted', rule({ kind: 'semver', range: '*' }, '^rc-(.*)$', '$1'), 'rc-1.9.0', 'rc-1.10.0'],
    ['the parts put in another order', rule(alphabetical, '^(\\w)-(\\w)$', '$2$1'), 'b-a', 'a-b'],
  ])('%s is newer', (_, tagRule, older, newer) => {
    const order = orderTags(tagRule);
    expect(judgeTag({ current: older, next: newer, order })).toEqual({ kind: 'newer' });
    expect(judgeTag({ current: newer, next: older, order })).toEqual({ kind: 'older' });
    expect(judgeTag({ current: newer, next: newer, order })).toEqual({ kind: 'same' });
  });
});

test.each([
  ['another form', rule(alphabetical, release), 'i20261123100000-01234567', 'latest'],
  ['what is no number', rule(numerical), '1', 'v2'],
  ['an infinite number', rule(numerical), '1', '1e400'],
  ['a version beyond the range', rule({ kind: 'semver', range: '1.x' }), '1.0.0', '2.0.0'],
  ['a prerelease that was not asked for', rule({ kind: 'semver', range: '>=1.0.0' }), '1.0.0', '1.1.0-rc.1'],
  ['a version that is none', rule({ kind: 'semver', range: '*' }), '1.0.0', '1.1'],
  ['what the filter leaves nothing of', rule(numerical, '^x(\\d*)', '$1'), 'x1', 'x'],
])('%s is not selected, and never newer; as the current tag it does not compare', (_, tagRule, good, bad) => {
  const order = orderTags(tagRule);
  expect(judgeTag({ current: good, next: bad, order })).toEqual({ kind: 'not-selected', why: expect.stringContaining(bad) });
  expect(judgeTag({ current: bad, next: good, order })).toEqual({ kind: 'incomparable', why: expect.stringContaining(bad) });
});

test.each([
  ['times', rule(alphabetical, release, '$time'), 'i20261123100000-01234567', 'i20261123100000-76543210'],
  ['versions', rule({ kind: 'semver', range: '*' }), '1.0.0+a', 'v1.0.0'],
  ['numbers', rule(numerical), '1.0', '1'],
])('equal %s do not compare', (_, tagRule, current, next) => {
  expect(judgeTag({ current, next, order: orderTags(tagRule) })).toEqual({
    kind: 'incomparable',
    why: expect.stringContaining('equal'),
  });
});

test.each([
  ['a pattern that is none', rule(alphabetical, '(')],
  ['a pattern of JavaScript alone', rule(alphabetical, 'a(?!b)')],
  ['a range that is none', rule({ kind: 'semver', range: 'latest' })],
])('%s is told with its place', (_, tagRule) => {
  expect(() => orderTags(tagRule)).toThrow(
    expect.objectContaining({ code: 'POLICY_INVALID', message: expect.stringContaining(origin) }),
  );
});

describe('without a policy', () => {
  test.each([
    ['i20261123100000-01234567', 'i20261123100001-00000000', 'newer'],
    ['i20261123100001-00000000', 'i20261123100000-01234567', 'older'],
    ['v1', 'v1', 'same'],
    ['v1', 'i20261123100000-01234567', 'incomparable'],
    ['i20261123100000-01234567', 'v2', 'incomparable'],
    ['v1', 'v2', 'incomparable'],
  ])('from %s to %s is %s', (current, next, kind) => {
    expect(judgeTag({ current, next, order: releaseTagOrder }).kind).toBe(kind);
  });
});

test('the tag that sorts last in a list is newer than all others', () => {
  const numbers = fc.uniqueArray(fc.maxSafeNat(), { minLength: 2, maxLength: 8 });
  fc.assert(
    fc.property(numbers, fc.constantFrom('asc', 'desc'), (list, direction) => {
      const byNumber = [...list].sort((a, b) => (direction === 'asc' ? a - b : b - a)).map(n => `build-${n}`);
      const order = orderTags(rule({ kind: 'numerical', order: direction }, '^build-(?P<n>\\d+)$', '$n'));
      const latest = byNumber.at(-1) ?? '';
      for (const current of byNumber.slice(0, -1)) expect(judgeTag({ current, next: latest, order })).toEqual({ kind: 'newer' });
      expect(byNumber.toSorted((a, b) => order.compare(a, b) ?? 0)).toEqual(byNumber);
    }),
  );
});
