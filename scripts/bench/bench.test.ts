import { describe, expect, test } from '@jest/globals';
import type { Contestant } from './entry.ts';
import { inTurn, judge } from './run.ts';
import { ratiosOf, spreadOf } from './statistics.ts';
import { formatResult } from './table.ts';

describe('a spread', () => {
  test.each([
    [[7], { median: 7, low: 7, high: 7 }],
    [[3, 1, 2], { median: 2, low: 1.5, high: 2.5 }],
    [[4, 1, 3, 2], { median: 2.5, low: 1.75, high: 3.25 }],
    [[10, 9, 2], { median: 9, low: 5.5, high: 9.5 }],
  ])('of %j is %j', (samples, spread) => {
    expect(spreadOf(samples)).toEqual(spread);
  });

  test('of ratios goes round by round, so that a slow round of both is none of either', () => {
    expect(ratiosOf([1, 100, 2], [10, 1000, 20])).toEqual({ median: 0.1, low: 0.1, high: 0.1 });
  });
});

test('every contestant begins a round', () => {
  const contestants = ['a', 'b', 'c'].map((name): Contestant => ({ name, measure: async () => 0 }));
  const orders = [0, 1, 2, 3].map(round =>
    inTurn(contestants, round)
      .map(({ name }) => name)
      .join(''),
  );
  expect(orders).toEqual(['abc', 'bca', 'cab', 'abc']);
});

describe('a result', () => {
  const samples = new Map([
    ['theirs', [200, 100, 300]],
    ['ours', [25, 25, 75]],
  ]);
  const entry = { name: 'x', title: 'Both', unit: 'ms', rounds: 3, tools: [] } as const;

  test('has each contestant compared with the first, and the targets judged by medians', () => {
    const targets = [
      { of: 'ours', atMost: 0.25, against: 'theirs' },
      { of: 'ours', atMost: 24 },
    ];
    expect(judge({ ...entry, targets }, samples)).toMatchObject({
      contestants: [
        { name: 'theirs', median: 200, ratio: { median: 1 } },
        { name: 'ours', median: 25, ratio: { median: 0.25, low: 0.1875, high: 0.25 }, samples: [25, 25, 75] },
      ],
      targets: [
        { found: 0.25, met: true },
        { found: 25, met: false },
      ],
    });
  });

  test('is a table for people', () => {
    const targets = [
      { of: 'ours', atMost: 0.05, against: 'theirs' },
      { of: 'ours', atMost: 60_000 },
    ];
    expect(formatResult(judge({ ...entry, targets }, samples)).split('\n')).toEqual([
      'Both',
      '  theirs  200 ms (150 ms to 250 ms)     1.00×',
      '  ours    25.0 ms (25.0 ms to 50.0 ms)  0.25× (0.19× to 0.25×)',
      '  ✗ ours: 0.25×, at most 0.050× of theirs',
      '  ✓ ours: 25.0 ms, at most 60.0 s',
    ]);
  });
});
