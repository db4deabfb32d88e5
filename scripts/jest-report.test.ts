import { describe, expect, test } from '@jest/globals';
import { addTallies, formatTally, readJestReport } from './jest-report.ts';

const file = (assertionResults: readonly object[], message = '') => ({ name: 'x.test.ts', message, assertionResults });

describe('the report of a test run', () => {
  test('names what failed and what could not run, and ends with the count', () => {
    const text = JSON.stringify({
      testResults: [
        file([
          { fullName: 'a works', status: 'passed' },
          { fullName: 'b works', status: 'failed' },
          { fullName: 'c (needs root) works', status: 'pending' },
        ]),
      ],
    });
    const tally = readJestReport(text);
    expect(formatTally(tally, { strict: false })).toBe(
      'Failed:\n  b works\nCould not run here:\n  c (needs root) works\n1 passed, 1 failed',
    );
    expect(formatTally(tally, { strict: true })).toMatch(/\n1 passed, 2 failed$/);
  });

  test('counts a file that does not load as failed', () => {
    const tally = readJestReport(JSON.stringify({ testResults: [file([], 'SyntaxError')] }));
    expect(formatTally(tally, { strict: false })).toBe('Failed:\n  x.test.ts\n0 passed, 1 failed');
  });

  test('adds up several runs', () => {
    const one = { passed: 1, failed: ['f'], notRun: ['n'] };
    expect(addTallies([one, { passed: 2, failed: [], notRun: [] }])).toEqual({ passed: 3, failed: ['f'], notRun: ['n'] });
  });
});
