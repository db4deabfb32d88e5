import { ActionError } from '@eks-gitops/errors';
import { describe, expect, test } from '@jest/globals';
import { endingAsJson, outputLines, outputsFile } from './outputs-file.ts';

const outputs = { 'staging-tag': 'build-1', platforms: 'linux/amd64\nlinux/arm64', metadata: '{"a":1}', empty: '' };
const error = new ActionError({ code: 'BUILD_FAILED', message: 'No.', found: 'x', cause: new Error('inner') });

test('a dotenv file has a line for each output, unquoted, lists joined by commas, without metadata', () => {
  expect(outputsFile('x.env', { outputs })).toBe('STAGING_TAG=build-1\nPLATFORMS=linux/amd64,linux/arm64\nEMPTY=\n');
});

test('a JSON file has the outputs by name', () => {
  expect(JSON.parse(outputsFile('x.json', { outputs }))).toEqual(outputs);
});

describe('after a failure', () => {
  test('a dotenv file has the error code', () => {
    expect(outputsFile('x.env', { error })).toBe('ERROR_CODE=BUILD_FAILED\n');
  });

  test('JSON has the error with its code and words, without its inner cause', () => {
    const words = { code: 'BUILD_FAILED', message: 'No.', found: 'x' };
    expect(JSON.parse(outputsFile('x.json', { error }))).toEqual({ error: words });
    expect(JSON.parse(endingAsJson('sample', { error }))).toEqual({ action: 'sample', error: words });
  });
});

test('lines for people leave out what is empty or long', () => {
  expect(outputLines(outputs)).toEqual(['staging-tag=build-1', 'platforms=linux/amd64,linux/arm64']);
});
