import { expect, test } from '@jest/globals';
import { openBackOff } from './back-off.ts';

test('the first interruption costs nothing, later ones more and more, up to five seconds', () => {
  const backOff = openBackOff();
  expect(Array.from({ length: 8 }, backOff.next)).toEqual([0, 250, 500, 1_000, 2_000, 4_000, 5_000, 5_000]);
  backOff.reset();
  expect(backOff.next()).toBe(0);
  expect(backOff.count()).toBe(1);
});
