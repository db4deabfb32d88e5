import fc from 'fast-check';
import { Document, visit } from 'yaml';

export const word = fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/);
const scalar = fc.oneof(
  word,
  fc.integer(),
  fc.constant(null),
  fc.constant('two\nlines\n'),
  fc.constant('a: # "b"'),
  fc.constant(''),
);
export const { tree } = fc.letrec<{ tree: unknown }>(tie => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(word, tie('tree'), { maxKeys: 3, noNullPrototype: true }),
  ),
}));

export interface Style {
  readonly indent: number;
  readonly indentSeq: boolean;
  readonly comments: readonly boolean[];
  readonly flow: readonly boolean[];
  readonly windows: boolean;
  readonly lastBreak: boolean;
}

export const style = fc.record<Style>({
  indent: fc.integer({ min: 1, max: 4 }),
  indentSeq: fc.boolean(),
  comments: fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
  flow: fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }),
  windows: fc.boolean(),
  lastBreak: fc.boolean(),
});

/** YAML of a value as somebody may have written it. */
export function printed(value: unknown, { indent, indentSeq, comments, flow, windows, lastBreak }: Style): string {
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
