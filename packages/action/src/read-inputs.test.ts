import { ActionError, formatError } from '@eks-gitops/errors';
import { describe, expect, test } from '@jest/globals';
import { sample } from '../fixtures/sample.ts';
import * as input from './input.ts';
import { type GivenInputs, readInputs } from './read-inputs.ts';
import { parseRecord } from './record.ts';

const spelling = { name: (name: string) => `--${name}`, give: (name: string) => `pass --${name}` };

function read(given: GivenInputs, blanksTell = false) {
  return readInputs({ inputs: sample.inputs, given, spelling, blanksTell });
}

function errorOf(run: () => unknown): ActionError {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof ActionError) return thrown;
    throw thrown;
  }
  throw new Error('nothing was thrown');
}

test('given inputs become typed values, and the others their defaults', () => {
  expect(read({ image: 'shop/ui', platforms: 'linux/arm64', pull: 'true', timeout: '90s' })).toMatchObject({
    image: 'shop/ui',
    platforms: ['linux/arm64'],
    pull: true,
    push: true,
    timeout: 90_000,
    password: undefined,
  });
});

test('an empty value counts as not given', () => {
  expect(read({ image: 'shop/ui', platforms: '', push: '', record: '' })).toMatchObject({
    platforms: ['linux/amd64', 'linux/arm64'],
    push: true,
    record: undefined,
  });
});

test('a missing input is named, with what is wanted and how to give it', () => {
  expect(errorOf(() => read({})).failure).toMatchObject({
    code: 'INPUT_MISSING',
    message: 'The input --image is required.',
    expected: 'any text, for example localhost:5000/shop/ui',
    found: 'nothing',
    remedy: 'pass --image',
  });
  expect(errorOf(() => read({ image: '' })).failure.found).toBe('an empty value, which counts as not given');
});

test('an invalid choice is told what is allowed and the nearest word', () => {
  expect(errorOf(() => read({ image: 'a', outcome: 'suceed' })).failure).toMatchObject({
    code: 'INPUT_INVALID',
    expected: 'succeed, fail, hang, kill, ignore-cancel, leak',
    found: '"suceed"',
    remedy: 'did you mean succeed?',
  });
});

test('an unknown name gets the nearest right one, or all of them', () => {
  expect(errorOf(() => read({ image: 'a', platfroms: 'b' })).failure).toMatchObject({
    code: 'INPUT_UNKNOWN',
    message: 'There is no input --platfroms.',
    remedy: 'did you mean --platforms?',
  });
  expect(errorOf(() => read({ image: 'a', zzzzzz: 'b' })).failure.expected).toContain('--platforms');
});

test('a renamed input names its new name', () => {
  expect(errorOf(() => read({ image: 'a', 'time-limit': '5m' })).failure).toMatchObject({
    code: 'INPUT_UNKNOWN',
    message: 'The input --time-limit has been renamed to --timeout.',
    remedy: 'use --timeout',
  });
});

test('several faults are told in one error', () => {
  const error = errorOf(() => read({ timeout: 'soon', push: 'maybe', nonsense: 'x' }));
  expect(error.message).toBe('4 inputs are wrong: --nonsense, --image, --push, --timeout.');
  expect(error.failure.detail).toContain('"soon" is not a duration');
});

describe('a secret', () => {
  const inputs = { key: input.text({ description: 'A key.', secret: true }, { parse: refuse }) };
  function refuse(given: string): never {
    throw new Error(`"${given}" is no key`);
  }

  test('is not repeated by the error about it', () => {
    const error = errorOf(() => readInputs({ inputs, given: { key: 'hunter2' }, spelling, blanksTell: false }));
    expect(error.code).toBe('INPUT_INVALID');
    expect(formatError(error)).not.toContain('hunter2');
  });
});

describe('the record, where the CI may have blanked it', () => {
  test('fails as RECORD_EMPTY when it is empty, with the usual cause', () => {
    const error = errorOf(() => read({ image: 'a', record: '' }, true));
    expect(error.code).toBe('RECORD_EMPTY');
    expect(error.failure.likely).toContain('mask-aws-account-id');
  });

  test('was not given when it is `none`', () => {
    expect(read({ image: 'a', record: 'none' }, true).record).toBeUndefined();
  });
});

test('the code of a value that its own parser refused is kept', () => {
  const inputs = { record: input.text({ description: 'The record.' }, { parse: parseRecord }) };
  const error = errorOf(() => readInputs({ inputs, given: { record: '{"schema":9}' }, spelling, blanksTell: false }));
  expect(error.failure).toMatchObject({ code: 'RECORD_SCHEMA', expected: 'schema 1', found: 'schema 9' });
  expect(error.message).toMatch(/^The input --record is not valid: /);
});

test('an input whose name was misspelt is not called missing as well', () => {
  expect(errorOf(() => read({ imge: 'shop/ui' })).message).toBe('There is no input --imge.');
});
