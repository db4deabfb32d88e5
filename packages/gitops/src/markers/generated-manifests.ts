import fc from 'fast-check';

/** What a manifest is made of. A `marked` value is printed as `old<n>` in its style, with a marker in a place that it allows. */
type Part =
  | { readonly kind: 'marked'; readonly style: Style; readonly before: string }
  | { readonly kind: 'value'; readonly text: string }
  | { readonly kind: 'block'; readonly header: string }
  | { readonly kind: 'map' | 'list'; readonly parts: readonly Part[] }
  | { readonly kind: 'flow'; readonly open: '{' | '['; readonly parts: readonly Part[] };

type Style = 'plain' | 'single' | 'double';

interface Paper {
  readonly noise: (ind: string) => string;
  readonly comment: () => string;
  readonly next: () => number;
}

const marker = '# {"$imagepolicy": "shop:ui:tag"}';
const quotes: Readonly<Record<Style, string>> = { plain: '', single: "'", double: '"' };

const { part } = fc.letrec<{ part: Part; leaf: Part }>(tie => ({
  leaf: fc.oneof(
    fc.record({
      kind: fc.constant('marked' as const),
      style: fc.constantFrom<Style>('plain', 'single', 'double'),
      before: fc.constantFrom('', '', '!!str ', '&anchor ', '!!str &anchor ', '  '),
    }),
    fc.record({
      kind: fc.constant('value' as const),
      text: fc.constantFrom(
        'x',
        '1.0',
        'true',
        '"a # b"',
        "'it''s'",
        'größe:🚀',
        '~',
        '{}',
        '"\\u0041"',
        'a:b',
        `two\n${' '.repeat(30)}lines`,
      ),
    }),
  ),
  part: fc.oneof(
    { maxDepth: 4 },
    tie('leaf'),
    fc.record({ kind: fc.constant('block' as const), header: fc.constantFrom('|', '>', '|-', '>+', '| # block') }),
    fc.record({
      kind: fc.constantFrom('map' as const, 'list' as const),
      parts: fc.array(tie('part'), { minLength: 1, maxLength: 4 }),
    }),
    fc.record({
      kind: fc.constant('flow' as const),
      open: fc.constantFrom('{' as const, '[' as const),
      parts: fc.array(tie('leaf'), { minLength: 1, maxLength: 3 }),
    }),
  ),
}));

/** What follows `key:` or `-`, with the end of its line. */
function print(part: Part, indent: string, paper: Paper): string {
  switch (part.kind) {
    case 'marked':
      return ` ${scalar(part, paper)} ${marker}\n`;
    case 'value':
      return ` ${part.text}${paper.comment()}\n`;
    case 'block':
      return ` ${part.header}\n${indent}  text ${marker}\n\n${indent}  old0\n`;
    case 'flow':
      return ` ${flow(part, `${indent}  `, paper)}${paper.comment()}\n`;
    case 'map':
      return `${paper.comment()}\n${mapping(part.parts, `${indent}  `, paper)}`;
    case 'list':
      return `${paper.comment()}\n${part.parts.map(item => `${paper.noise(indent)}${indent}- ${listed(item, indent, paper)}`).join('')}`;
  }
}

function listed(item: Part, indent: string, paper: Paper): string {
  return print(item, item.kind === 'list' ? `${indent}  ` : indent, paper).trimStart();
}

function mapping(parts: readonly Part[], indent: string, paper: Paper): string {
  return parts.map((part, n) => `${paper.noise(indent)}${indent}key${n}:${print(part, indent, paper)}`).join('');
}

function scalar({ style, before }: Part & { kind: 'marked' }, { next }: Paper): string {
  const n = next();
  return `${before.replace('anchor', `a${n}`)}${quotes[style]}old${n}${quotes[style]}`;
}

function flow({ open, parts }: Part & { kind: 'flow' }, indent: string, paper: Paper): string {
  const items = parts.map((item, n) => {
    const comma = n + 1 === parts.length ? '' : ',';
    const key = open === '{' ? `key${n}: ` : '';
    if (item.kind === 'marked') return `${key}${scalar(item, paper)}${comma} ${marker}\n${indent}`;
    return `${key}${item.kind === 'value' ? item.text.replace('{}', '[]') : ''}${comma} `;
  });
  return `${open}${items.join('')}${open === '{' ? '}' : ']'}`;
}

export interface GeneratedManifest {
  readonly text: string;
  readonly marked: boolean;
}

/** Manifests of every layout, each with values `old<n>` that are marked for the tag of the policy shop:ui. */
export const generatedManifests: fc.Arbitrary<GeneratedManifest> = fc
  .record({
    documents: fc.array(fc.array(part, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 }),
    noise: fc.array(fc.constantFrom('', '', '', '\n', '# old1 comment\n', '\n\n# two\n# lines\n'), {
      minLength: 1,
      maxLength: 9,
    }),
    comments: fc.array(fc.constantFrom('', '', ' # why', '   #'), { minLength: 1, maxLength: 7 }),
    crlf: fc.boolean(),
    mark: fc.boolean(),
    separator: fc.constantFrom('---\n', '--- # next\n', '...\n---\n', '---\n# head\n\n'),
    end: fc.constantFrom('', '\n', '\n\n', '\n# end'),
  })
  .map(({ documents, noise, comments, crlf, mark, separator, end }) => {
    let count = 1;
    let turn = 0;
    const paper: Paper = {
      noise: indent => (noise[turn++ % noise.length] ?? '').replaceAll(/^#/gm, `${indent}#`),
      comment: () => comments[turn++ % comments.length] ?? '',
      next: () => ++count,
    };
    const body = documents.map(parts => mapping(parts, '', paper)).join(separator);
    const lines = `${mark ? '\ufeff' : ''}${body.trimEnd()}${end}`;
    return { text: crlf ? lines.replaceAll('\n', '\r\n') : lines, marked: count > 1 };
  })
  .filter(({ marked }) => marked);
