import { describe, expect, test } from '@jest/globals';
import { entryAtEnd, itemAtEnd } from './insert.ts';
import { isMapping, isSequence, mapAt, nodeAt, openManifest, rootOf } from './manifest.ts';
import { spliced } from './text-edit.ts';

const lines = { lines: ['new:', '  - x'], flow: 'new: [x]' };

function withEntry(text: string): string {
  const root = openManifest('a.yaml', text).documents.map(rootOf)[0];
  const map = mapAt(root, 'spec') ?? root;
  if (!isMapping(map)) throw new Error('no mapping');
  return spliced(text, [entryAtEnd(text, map, lines)]);
}

describe('an entry at the end of a mapping', () => {
  test.each([
    ['in its indentation', 'spec:\n    a: b\nlast: c\n', 'spec:\n    a: b\n    new:\n      - x\nlast: c\n'],
    [
      'after its deepest line',
      'spec:\n  a:\n    b:\n    - c # d\nlast: c\n',
      'spec:\n  a:\n    b:\n    - c # d\n  new:\n    - x\nlast: c\n',
    ],
    [
      'before comments of what follows',
      'spec:\n  a: b\n\n# last\nlast: c\n',
      'spec:\n  a: b\n  new:\n    - x\n\n# last\nlast: c\n',
    ],
    ['after a block scalar', 'spec:\n  a: |\n    b\n\nlast: c\n', 'spec:\n  a: |\n    b\n  new:\n    - x\n\nlast: c\n'],
    ['after a value that is empty', 'spec:\n  a:\nlast: c\n', 'spec:\n  a:\n  new:\n    - x\nlast: c\n'],
    ['without a last line break', 'spec:\n  a: b', 'spec:\n  a: b\n  new:\n    - x'],
    ['with carriage returns', 'spec:\r\n  a: b # c\r\nlast: c\r\n', 'spec:\r\n  a: b # c\r\n  new:\r\n    - x\r\nlast: c\r\n'],
    ['behind a byte order mark', '\uFEFFa: b\n', '\uFEFFa: b\nnew:\n  - x\n'],
    ['in flow style', 'spec: {a: b, c: {d: e}} # f\n', 'spec: {a: b, c: {d: e}, new: [x]} # f\n'],
    ['in an empty flow mapping', 'spec: {}\n', 'spec: {new: [x]}\n'],
    ['in flow style over lines', 'spec: {\n  a: b,\n  c: d\n}\n', 'spec: {\n  a: b,\n  c: d,\n  new: [x]\n}\n'],
  ])('%s', (_, before, after) => {
    expect(withEntry(before)).toBe(after);
  });
});

describe('an item at the end of a sequence', () => {
  test.each([
    ['in its indentation', 'a:\n  - b\nc: d\n', 'a:\n  - b\n  - x\nc: d\n'],
    ['at the column of its key', 'a:\n- b # one\n\nc: d\n', 'a:\n- b # one\n- x\n\nc: d\n'],
    ['after an item of several lines', 'a:\n  - b: 1\n    c: 2\n', 'a:\n  - b: 1\n    c: 2\n  - x\n'],
    ['in flow style', 'a: [b, c] # d\n', 'a: [b, c, x] # d\n'],
    ['after a last comma', 'a: [b, c,]\n', 'a: [b, c, x,]\n'],
    ['in an empty flow sequence', 'a: []\n', 'a: [x]\n'],
    ['in flow style over lines', 'a: [\n    b\n  ]\n', 'a: [\n    b,\n    x\n  ]\n'],
  ])('%s', (_, before, after) => {
    const list = nodeAt(openManifest('a.yaml', before).documents.map(rootOf)[0], 'a');
    if (!isSequence(list)) throw new Error('no sequence');
    expect(spliced(before, [itemAtEnd(before, list, 'x')])).toBe(after);
  });
});
