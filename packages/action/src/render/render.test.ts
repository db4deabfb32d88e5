import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { sample } from '../../fixtures/sample.ts';
import { actionsTable, actionYml, errorsTable, inputsTable, outputsTable, replaceSection } from './index.ts';

describe('action.yml', () => {
  const document = parse(actionYml(sample));

  test('runs the one bundle as main and post on Node 24', () => {
    expect(document.runs).toEqual({ using: 'node24', main: 'dist/main.js', post: 'dist/main.js', 'post-if': 'always()' });
  });

  test.each([
    ['image', { description: 'The image repository.', required: true }],
    ['push', { description: 'Push afterwards.', required: false, default: 'true' }],
    ['timeout', { description: 'Time limit. Allowed: a duration such as 90s, 10m or 1h.', required: false, default: '10m' }],
    ['record', { description: 'The release record of the steps before.', required: false, default: 'none' }],
  ])('describes the input %s', (name, input) => {
    expect(document.inputs[name]).toEqual(input);
  });

  test('has every input and output in the order of the action', () => {
    expect(Object.keys(document.inputs)).toEqual(Object.keys(sample.inputs));
    expect(Object.keys(document.outputs)).toEqual(Object.keys(sample.outputs));
  });
});

describe('a table', () => {
  test('of inputs names what is required first, and no default of a record', () => {
    const rows = inputsTable(sample).split('\n');
    expect(rows[2]).toBe('| `image` | The image repository. | any text | **required** |');
    expect(rows).toContain('| `record` | The release record of the steps before. | any text | |');
    expect(rows).toContain('| `password` | A secret. Secret. | any text | |');
  });

  test('of actions links each to its README', () => {
    expect(actionsTable([sample])).toContain('| [`sample`](actions/sample/README.md) | ');
  });

  test('of outputs and of errors has a row each', () => {
    expect(outputsTable(sample)).toContain('| `folder` | The private folder. |');
    expect(errorsTable()).toContain('| `TIMED_OUT` | 3 |');
  });
});

describe('a generated section', () => {
  const text = 'before\n<!-- inputs -->\nold\n<!-- /inputs -->\nafter\n';

  test('is replaced, and the text around it stays', () => {
    const once = replaceSection(text, { name: 'inputs', content: '$& new' });
    expect(once).toBe('before\n<!-- inputs -->\n$& new\n<!-- /inputs -->\nafter\n');
    expect(replaceSection(once ?? '', { name: 'inputs', content: '$& new' })).toBe(once);
  });

  test('whose markers are missing is told', () => {
    expect(replaceSection(text, { name: 'outputs', content: 'x' })).toBeUndefined();
  });
});
