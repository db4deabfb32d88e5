import { expect, test } from '@jest/globals';
import { pairwise } from './pairwise.ts';

test('every two values of two fields meet in a row, and an absent value is an absent field', () => {
  const choices = { a: [1, 2, 3], b: ['x', 'y'], c: [undefined, true], d: [0] } as const;
  const rows = pairwise<{ a: number; b: string; c?: boolean | undefined; d: number }>(choices);
  const fields = Object.entries<readonly unknown[]>(choices);
  const missing = fields.flatMap(([one, ones]) =>
    fields
      .filter(([other]) => other > one)
      .flatMap(([other, others]) => ones.flatMap(left => others.map(right => ({ [one]: left, [other]: right }))))
      .filter(pair => !rows.some(row => Object.entries(pair).every(([name, value]) => row[name as keyof typeof row] === value))),
  );
  expect(missing).toEqual([]);
  expect(rows.length).toBeLessThan(3 * 2 * 2);
  expect(rows.filter(row => row.c === undefined).every(row => !('c' in row))).toBe(true);
});
