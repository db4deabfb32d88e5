import { expect, test } from '@jest/globals';
import { compileFilter } from './tag-filter.ts';

/** What Go's regexp.Expand gives; here % stands for $. */
test.each([
  ['%first', 'a'],
  ['%{first}x', 'ax'],
  ['%firstx', ''],
  ['%1%2', 'ab'],
  ['%1x', ''],
  ['%{1}x', 'ax'],
  ['%0', 'ab'],
  ['%01', ''],
  ['%9', ''],
  ['%third', ''],
  ['%%1', '%1'],
  ['%-%', '%-%'],
  ['%{first', '%{first'],
  ['%{}', '%{}'],
  ['%{first-}', '%{first-}'],
  ['x', 'x'],
])('the template %s gives "%s"', (template, value) => {
  const [extract, expected] = [template, value].map(text => text.replaceAll('%', '$'));
  const filter = compileFilter({ pattern: '(?P<first>a)(?P<second>b)?(?P<third>c)?', extract: extract ?? '' }, 'x');
  expect(filter('ab')).toBe(expected);
});

test('a pattern is found anywhere in the tag, unless it is anchored; an empty one matches all', () => {
  expect(compileFilter({ pattern: '[0-9]', extract: '' }, 'x')('v1')).toBe('v1');
  expect(compileFilter({ pattern: '^[0-9]', extract: '' }, 'x')('v1')).toBeUndefined();
  expect(compileFilter({ pattern: '', extract: '' }, 'x')('v1')).toBe('v1');
});

test('the syntax is that of RE2', () => {
  const filter = compileFilter({ pattern: '(?i)^MAIN-(?P<ts>\\d+)\\z', extract: '$ts' }, 'x');
  expect(filter('main-12')).toBe('12');
  expect(() => compileFilter({ pattern: 'a(?=b)', extract: '' }, 'the ImagePolicy ui')).toThrow(
    expect.objectContaining({ code: 'POLICY_INVALID', failure: expect.objectContaining({ found: 'a(?=b)' }) }),
  );
});
