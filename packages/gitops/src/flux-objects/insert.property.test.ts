import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseDocument } from 'yaml';
import { printed, style, tree, word } from './generated-yaml.ts';
import { entryAtEnd, itemAtEnd } from './insert.ts';
import { isMapping, isSequence, openManifest } from './manifest.ts';
import { spliced } from './text-edit.ts';

/** Adds to every collection of a text, one at a time, and gives what became of each. */
function additions(
  text: string,
): readonly { readonly path: readonly unknown[]; readonly text: string; readonly kind: 'map' | 'seq' }[] {
  const found: { path: readonly unknown[]; text: string; kind: 'map' | 'seq' }[] = [];
  const [document] = openManifest('a.yaml', text).documents;
  const search = (node: unknown, path: readonly unknown[]): void => {
    if (isMapping(node)) {
      const entry = { lines: ['Added:', '  - new'], flow: 'Added: [new]' };
      found.push({ path, kind: 'map', text: spliced(text, [entryAtEnd(text, node, entry)]) });
      for (const { key, value } of node.items) search(value, [...path, String(key)]);
    } else if (isSequence(node)) {
      found.push({ path, kind: 'seq', text: spliced(text, [itemAtEnd(text, node, 'new')]) });
      node.items.forEach((item, index) => {
        search(item, [...path, index]);
      });
    }
  };
  search(document?.contents, []);
  return found;
}

test('whatever the style, an addition changes one collection, and nothing else of what YAML reads', () => {
  const root = fc.dictionary(word, tree, { minKeys: 1, maxKeys: 4, noNullPrototype: true });
  fc.assert(
    fc.property(root, style, (value, how) => {
      const text = printed(value, how);
      for (const addition of additions(text)) {
        const expected = parseDocument(text);
        if (addition.kind === 'map') expected.setIn([...addition.path, 'Added'], expected.createNode(['new']));
        else expected.addIn(addition.path, 'new');
        const after = parseDocument(addition.text);
        expect(after.errors).toEqual([]);
        expect(after.toJS()).toEqual(expected.toJS());
      }
    }),
    { numRuns: 200 },
  );
});
