import { describe, expect, test } from '@jest/globals';
import {
  formatStatuses,
  isFoundIn,
  isHeaderExpected,
  isStatusExpected,
  parseHeaderExpectation,
  parseStatusRange,
  parseTextPattern,
} from './expectation.ts';

describe('a status', () => {
  test.each([
    ['200', [200], [199, 201, 404]],
    ['2xx', [200, 204, 299], [199, 300]],
    [' 3XX ', [301], [200]],
    ['200-399', [200, 302, 399], [199, 400]],
  ])('%s', (written, inside, outside) => {
    const ranges = [parseStatusRange(written)];
    expect(inside.map(status => isStatusExpected(status, ranges))).not.toContain(false);
    expect(outside.map(status => isStatusExpected(status, ranges))).not.toContain(true);
  });

  test.each(['', '20', '2x', '600', '200-', '6xx', 'ok', '2000'])('is not %j', written => {
    expect(() => parseStatusRange(written)).toThrow('is not a status such as 200');
  });

  test('range does not run backwards', () => {
    expect(() => parseStatusRange('399-200')).toThrow('ends before it starts');
  });

  test('is written as it was meant', () => {
    expect(formatStatuses([parseStatusRange('200'), parseStatusRange('3xx')])).toBe('200, 300-399');
  });
});

describe('a text', () => {
  test.each([
    ['Retail Store Sample New', '<title>Retail Store Sample New</title>', true],
    ['Retail Store Sample New', '<title>Retail Store Sample</title>', false],
    ['a.c', 'abc', false],
    ['/sample new/i', 'Retail Store Sample New', true],
    ['/sample new/', 'Retail Store Sample New', false],
    ['/^second$/m', 'first\nsecond\n', true],
    ['/New/g', 'New', true],
    ['/images/logo', 'src="/images/logo.png"', true],
    ['/images/logo', 'src="images"', false],
  ])('%s in %j: %s', (written, body, found) => {
    const pattern = parseTextPattern(written);
    expect([isFoundIn(body, pattern), isFoundIn(body, pattern)]).toEqual([found, found]);
  });

  test('that is a malformed expression is refused', () => {
    expect(() => parseTextPattern('/(/')).toThrow('Invalid regular expression');
  });
});

describe('a header', () => {
  test.each([
    ['Content-Type: text/html', ['text/html'], true],
    ['Content-Type: text/html', ['text/html; charset=utf-8'], false],
    ['Content-Type: /^text\\/html/', ['text/html; charset=utf-8'], true],
    ['x-version', ['2'], true],
    ['x-version', [], false],
    ['Link: <https://a.example>', ['<https://b.example>', '<https://a.example>'], true],
  ])('%s in %j: %s', (written, values, expected) => {
    expect(isHeaderExpected(values, parseHeaderExpectation(written))).toBe(expected);
  });

  test.each(['', ': x', 'a b: c'])('is not %j', written => {
    expect(() => parseHeaderExpectation(written)).toThrow('is not of the form Name: value');
  });
});
