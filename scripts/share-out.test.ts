import { expect, test } from '@jest/globals';
import { shareOut } from './share-out.ts';

const weighed = (weights: Readonly<Record<string, number>>) =>
  Object.entries(weights).map(([file, weight]) => ({ file, weight }));

test.each([
  [
    { a: 5, b: 4, c: 3, d: 2 },
    [
      ['a', 'd'],
      ['b', 'c'],
    ],
  ],
  [{ small: 1, large: 10, other: 1 }, [['large'], ['other', 'small']]],
  [{ one: 1 }, [['one'], []]],
  [{}, [[], []]],
])('%j is dealt out to two lanes as %j', (weights, expected) => {
  expect(shareOut(weighed(weights), 2)).toEqual(expected);
});
