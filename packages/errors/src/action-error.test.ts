import { describe, expect, test } from '@jest/globals';
import { ActionError, exitCodeOf, formatError, toActionError } from './action-error.ts';

test('an error is told as the sentence, its own words, the facts, the code', () => {
  const error = new ActionError({
    code: 'BUILD_FAILED',
    message: 'The image could not be built.',
    expected: 'exit code 0',
    found: 'exit code 1',
    likely: 'a typing error',
    remedy: 'mend line 3',
    detail: '#7 RUN make\nmake: *** no rule\n\n',
  });
  expect(formatError(error)).toBe(
    [
      'The image could not be built.',
      '',
      '#7 RUN make',
      'make: *** no rule',
      '',
      '  expected: exit code 0',
      '  found: exit code 1',
      '  likely cause: a typing error',
      '  what to do: mend line 3',
      '  code: BUILD_FAILED',
    ].join('\n'),
  );
});

test('what is not known is left out', () => {
  expect(formatError(new ActionError({ code: 'TIMED_OUT', message: 'Too late.' }))).toBe('Too late.\n  code: TIMED_OUT');
});

test.each([
  ['BUILD_FAILED', 1],
  ['INPUT_MISSING', 2],
  ['RECORD_EMPTY', 2],
  ['TIMED_OUT', 3],
  ['CANCELLED', 130],
] as const)('%s ends the command with %i', (code, exit) => {
  expect(exitCodeOf(new ActionError({ code, message: 'x' }))).toBe(exit);
});

describe('anything thrown becomes such an error', () => {
  test('and one that is one already stays itself', () => {
    const error = new ActionError({ code: 'PUSH_FAILED', message: 'x' });
    expect(toActionError(error)).toBe(error);
  });

  test.each([
    ['an abort', () => AbortSignal.abort().throwIfAborted(), 'CANCELLED', 'Cancelled.'],
    ['another error', () => JSON.parse('{'), 'UNEXPECTED', /JSON/],
    ['an error of the file system', () => process.chdir('/nowhere/at/all'), 'UNEXPECTED', /^ENOENT: no such file/],
    ['a string', () => raise('words'), 'UNEXPECTED', 'words'],
  ] as const)('%s', (_, run, code, message) => {
    const error = toActionError(thrownBy(run));
    expect(error.code).toBe(code);
    expect(error.message).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
    expect(error.cause).toBeDefined();
  });
});

function raise(thrown: unknown): never {
  throw thrown;
}

function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (thrown) {
    return thrown;
  }
  throw new Error('nothing was thrown');
}
