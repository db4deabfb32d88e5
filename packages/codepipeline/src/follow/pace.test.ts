import { expect, test } from '@jest/globals';
import { nextPause } from './pace.ts';

test.each([
  [0, 0, 1_000],
  [1, 0, 1_500],
  [3, 0, 3_375],
  [7, 0, 15_000],
  [400, 0, 15_000],
  [0, 1, 4_000],
  [0, 3, 16_000],
  [0, 9, 60_000],
  [9, 1, 30_000],
])('after %i looks without news and %i refusals it is %i ms', (quiet, throttled, pause) => {
  expect(nextPause({ quiet, throttled, jitter: 0.5 })).toBe(pause);
});

test('jitter moves it by 15 % at most', () => {
  expect(nextPause({ quiet: 0, throttled: 0, jitter: 0 })).toBe(850);
  expect(nextPause({ quiet: 0, throttled: 0, jitter: 1 })).toBe(1_150);
});
