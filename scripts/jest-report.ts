import { z } from 'zod';

/** The part of `jest --json` that says how each test ended. */
const report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      message: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
});

export interface Tally {
  readonly passed: number;
  readonly failed: readonly string[];
  /** Left out, because the machine lacks what they need. */
  readonly notRun: readonly string[];
}

/** Reads jest's JSON report; a file that could not even be loaded counts as one failed test. */
export function readJestReport(text: string): Tally {
  const { testResults } = report.parse(JSON.parse(text));
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const broken = testResults.filter(({ assertionResults, message }) => assertionResults.length === 0 && message !== '');
  const named = (...statuses: readonly string[]) =>
    tests.filter(({ status }) => statuses.includes(status)).map(({ fullName }) => fullName);
  return {
    passed: named('passed').length,
    failed: [...named('failed'), ...broken.map(({ name }) => name)],
    notRun: named('pending', 'skipped', 'todo', 'disabled'),
  };
}

export function addTallies(tallies: readonly Tally[]): Tally {
  return {
    passed: tallies.reduce((sum, { passed }) => sum + passed, 0),
    failed: tallies.flatMap(({ failed }) => failed),
    notRun: tallies.flatMap(({ notRun }) => notRun),
  };
}

/** The end of the output: what failed and what could not run by name, then the line that CI reads. With `strict` what could not run has failed. */
export function formatTally({ passed, failed, notRun }: Tally, { strict }: { strict: boolean }): string {
  const list = (title: string, names: readonly string[]) =>
    names.length === 0 ? [] : [title, ...names.map(name => `  ${name}`)];
  const failures = failed.length + (strict ? notRun.length : 0);
  return [...list('Failed:', failed), ...list('Could not run here:', notRun), `${passed} passed, ${failures} failed`].join('\n');
}
