import { describe, expect, test } from '@jest/globals';
import { factInputs, overlayFacts, resolveRun } from './fact-inputs.ts';
import type { CiFacts } from './facts.ts';

const revision = 'ac8730e8d1b4f1b1a2c3d4e5f60718293a4b5c6d';
const github: CiFacts = { ci: 'github', runId: '815', attempt: 2, branch: 'main', pullRequest: false };
const none: CiFacts = { ci: 'none', pullRequest: false };

test('what the user gives stands in the place of what the CI says', () => {
  const facts = overlayFacts(github, { revision, 'run-id': 'mine', branch: undefined });
  expect(facts).toEqual({ ...github, commit: revision, runId: 'mine' });
});

describe('the run', () => {
  test.each([
    ['of a CI is its id and attempt', github, {}, { id: '815', attempt: 2 }],
    [
      'of a CI that counts no attempts is the first',
      { ...none, ci: 'gitlab', runId: '42' } as const,
      {},
      { id: '42', attempt: 1 },
    ],
    ['outside a CI is named by the commit', none, {}, { id: 'local-ac8730e8', attempt: 1 }],
    ['under act is named by the commit', { ci: 'github', pullRequest: false } as const, {}, { id: 'local-ac8730e8', attempt: 1 }],
    ['is what the user gives', github, { 'run-id': 'r1', attempt: 7 }, { id: 'r1', attempt: 7 }],
  ])('%s', (_, facts, inputs, run) => {
    expect(resolveRun({ facts, inputs, revision })).toEqual(run);
  });

  test('of a CodePipeline has to be given', () => {
    expect(() => resolveRun({ facts: { ...none, ci: 'codepipeline' }, inputs: {}, revision })).toThrow(
      'The input run-id is required in CodePipeline.',
    );
  });
});

describe('fact inputs', () => {
  test.each([
    ['commit-time', '2026-11-23T12:15:00+02:00', '2026-11-23T10:15:00Z'],
    ['commit-time', '2026-11-23T10:15:00.700Z', '2026-11-23T10:15:00Z'],
    ['revision', revision.toUpperCase(), revision],
    ['attempt', '3', 3],
    ['repository-url', 'https://github.com/shop/ui/', 'https://github.com/shop/ui'],
  ] as const)('%s %j is received as %j', (name, given, value) => {
    expect(factInputs[name].schema.parse(given)).toBe(value);
  });

  test.each([
    ['commit-time', '2026-11-23 10:15'],
    ['commit-time', '2026-13-23T10:15:00Z'],
    ['commit-time', '2026-11-23T10:15:00'],
    ['revision', 'ac8730e8'],
    ['revision', 'main'],
    ['attempt', '0'],
    ['attempt', 'x'],
    ['run-url', 'javascript:alert(1)'],
  ] as const)('%s %j is refused', (name, given) => {
    expect(factInputs[name].schema.safeParse(given).success).toBe(false);
  });
});
