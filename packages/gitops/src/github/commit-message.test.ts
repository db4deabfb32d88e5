import { describe, expect, test } from '@jest/globals';
import { sameMessage, splitMessage, trailerKeys } from './commit-message.ts';

describe('a message is split at its first line', () => {
  test.each([
    ['Update ui', 'Update ui', ''],
    ['Update ui\n', 'Update ui', ''],
    ['Update ui\n\nui:1 -> ui:2\n\nSource-Commit: ac8730e8\n', 'Update ui', 'ui:1 -> ui:2\n\nSource-Commit: ac8730e8'],
    ['Update ui\nno empty line\n', 'Update ui', 'no empty line'],
    ['\n\nUpdate ui \r\n\r\nA: 1\r\nB: 2\r\n', 'Update ui', 'A: 1\nB: 2'],
    ['Update ui\n\n    indented\n', 'Update ui', '    indented'],
    ['', '', ''],
  ])('%j', (message, headline, body) => {
    expect(splitMessage(message)).toEqual({ headline, body });
  });
});

test.each([
  ['Update ui\n\nA: 1\n', 'Update ui\n\nA: 1', true],
  ['Update ui\nA: 1', 'Update ui\n\nA: 1', true],
  ['Update ui\n\nA: 1', 'Update ui\n\nA: 2', false],
  ['Update ui', 'Update api', false],
])('%j and %j are the same message: %s', (one, other, expected) => {
  expect(sameMessage(one, other)).toBe(expected);
});

test.each([
  ['Update ui\n\nui:1 -> ui:2\n\nSource-Commit: ac8730e8\nPolicy: flux-system:ui', ['source-commit', 'policy']],
  ['Update ui\n\nSource-Commit: a\n\nSigned-off-by: A <a@example.com>\nCo-authored-by: B', []],
  ['Update ui\n\njust words\n', []],
  ['ui: update', []],
])('the trailers of %j are %j', (message, expected) => {
  expect(trailerKeys(message)).toEqual(expected);
});
