import { describe, expect, test } from '@jest/globals';
import * as input from './input.ts';

const about = { description: 'About it.' };

describe('a duration', () => {
  test.each([
    ['90s', 90_000],
    ['10m', 600_000],
    ['1h', 3_600_000],
    ['1h30m', 5_400_000],
    [' 5m\n', 300_000],
  ])('%j is %i milliseconds', (given, milliseconds) => {
    expect(input.duration(about).schema.parse(given)).toBe(milliseconds);
  });

  test.each(['', '5', 'm', '5d', '5 m', '-5m', '1.5h', '5mm', '5m!'])('%j is refused', given => {
    expect(input.duration(about).schema.safeParse(given).success).toBe(false);
  });
});

describe('a boolean', () => {
  test.each([
    ['true', true],
    ['false', false],
    ['true\n', true],
  ])('%j is %s', (given, value) => {
    expect(input.boolean(about).schema.parse(given)).toBe(value);
  });

  test.each(['True', 'yes', '1', 'on'])('%j is refused', given => {
    expect(input.boolean(about).schema.safeParse(given).success).toBe(false);
  });

  test('is false when nothing is given', () => {
    expect(input.boolean(about).absent).toBe(false);
  });
});

describe('a list', () => {
  test('of items is split at commas and lines, and blanks around items are dropped', () => {
    expect(input.items(about).schema.parse('a, b\n\n c,,d\r\ne')).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('of lines keeps commas and what stands inside a line', () => {
    expect(input.lines(about).schema.parse('type=registry,ref=a b\r\n\nx=y')).toEqual(['type=registry,ref=a b', 'x=y']);
  });

  test('is empty when nothing is given, and its default when it has one', () => {
    expect(input.items(about).absent).toEqual([]);
    expect(input.items({ ...about, default: 'a,b' }).absent).toEqual(['a', 'b']);
  });

  test('parses each item, and tells why one is wrong', () => {
    const parse = (item: string): number => {
      if (!/^\d+$/.test(item)) throw new Error(`"${item}" is no number`);
      return Number(item);
    };
    expect(input.items(about, { parse }).schema.parse('1,2')).toEqual([1, 2]);
    expect(input.items(about, { parse }).schema.safeParse('1,x').error?.issues[0]?.message).toBe('"x" is no number');
  });
});

test('text is received as it was given', () => {
  expect(input.text(about).schema.parse('  two  words\n')).toBe('  two  words\n');
});
