import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Document, parseDocument, visit } from 'yaml';
import { entryAtEnd, itemAtEnd } from './insert.ts';
import { isMapping, isSequence, openManifest } from './manifest.ts';
import { spliced } from './text-edit.ts';

const word = fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/);
const scalar = fc.oneof(
  word,
  fc.integer(),
  fc.constant(null),
  fc.constant('two\nlines\n'),
  fc.constant('a: # "b"'),
  fc.constant(''),
);
const { tree } = fc.letrec<{ tree: unknown }>(tie => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(word, tie('tree'), { maxKeys: 3, noNullPrototype: true }),
  ),
}));

interface Style {
  readonly indent: number;
  readonly indentSeq: boolean;
  readonly comments: readonly boolean[];
  readonly flow: readonly boolean[];
  readonly windows: boolean;
  readonly lastBreak: boolean;
}

const style = fc.record<Style>({
  indent: fc.integer({ min: 1, max: 4 }),
  indentSeq: fc.boolean(),
  comments: fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
  flow: fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }),
  windows: fc.boolean(),
  lastBreak: fc.boolean(),
});

/** YAML of a value as somebody may have written it. */
function printed(value: unknown, { indent, indentSeq, comments, flow, windows, lastBreak }: Style): string {
  const document = new Document(value);
  let count = 0;
  visit(document, {
    Collection: (_, node) => {
      count += 1;
      if (count > 2 && flow[count % flow.length]) node.flow = true;
    },
    Scalar: (role, node) => {
      count += 1;
      if (role !== 'key' && comments[count % comments.length]) node.comment = ' note';
    },
  });
  const text = document.toString({ indent, indentSeq, lineWidth: 0 });
  const broken = lastBreak ? text : text.replace(/\n$/, '');
  return windows ? broken.replaceAll('\n', '\r\n') : broken;
}

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
