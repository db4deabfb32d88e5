import { CST } from 'yaml';

/** A plain or quoted scalar with what stands around it. */
export interface ScalarLexeme {
  readonly kind: 'scalar';
  readonly offset: number;
  /** As written, quotes included. */
  readonly source: string;
  /** As YAML means it, always as text. */
  readonly value: string;
  /** Keys, and all inside a complex key, are not values. */
  readonly role: 'key' | 'value';
  /** The key of the mapping whose value it is. */
  readonly key: string | undefined;
  /** Its tag as written, such as `!!str`. */
  readonly tag: string | undefined;
}

export interface CommentLexeme {
  readonly kind: 'comment';
  readonly offset: number;
  /** From its `#` to the end of the line. */
  readonly text: string;
}

/** The end of a flow collection, with all scalars inside it. */
export interface CloseLexeme {
  readonly kind: 'close';
  readonly offset: number;
  readonly scalars: readonly ScalarLexeme[];
}

/** What a manifest consists of, in the order of its text; spaces, anchors and tags are left out. `entry` is the `-` of a list. */
export type Lexeme =
  | ScalarLexeme
  | CommentLexeme
  | CloseLexeme
  | { readonly kind: 'block-scalar' | 'alias' | 'newline' | 'comma' | 'entry' | 'other'; readonly offset: number };

interface Place {
  readonly role: 'key' | 'value';
  readonly key?: string | undefined;
  readonly tag?: string | undefined;
}

const anywhere: Place = { role: 'value' };
const silent: ReadonlySet<string> = new Set(['space', 'anchor', 'tag', 'byte-order-mark', 'block-scalar-header']);

/**
 * Flattens the syntax tree of a manifest. Comments are found by what stands before and after them in the text: the tree of
 * nodes attaches them by rules of its own, and loses some.
 */
export function lexemesOf(tokens: readonly CST.Token[] | undefined, place: Place = anywhere): Lexeme[] {
  return (tokens ?? []).flatMap(token => lexemesOfToken(token, place));
}

function lexemesOfToken(token: CST.Token, place: Place): Lexeme[] {
  const { offset } = token;
  switch (token.type) {
    case 'document': {
      const value = token.value === undefined ? [] : lexemesOfToken(token.value, { role: 'value', tag: tagOf(token.start) });
      return [...lexemesOf(token.start), ...value, ...lexemesOf(token.end)];
    }
    case 'block-map':
      return token.items.flatMap(item => lexemesOfItem(item, { inMap: true, role: place.role }));
    case 'block-seq':
      return token.items.flatMap(item => lexemesOfItem(item, { inMap: false, role: place.role }));
    case 'flow-collection':
      return lexemesOfFlow(token, place);
    case 'block-scalar':
      return [{ kind: 'block-scalar', offset }, ...lexemesOf(token.props)];
    case 'alias':
      return [{ kind: 'alias', offset }, ...lexemesOf(token.end)];
    case 'scalar':
    case 'single-quoted-scalar':
    case 'double-quoted-scalar':
      return [scalarLexeme(token, place), ...lexemesOf(token.end)];
    case 'comment':
      return [{ kind: 'comment', offset, text: token.source }];
    case 'newline':
    case 'comma':
      return [{ kind: token.type, offset }];
    case 'seq-item-ind':
      return [{ kind: 'entry', offset }];
    case 'doc-end':
      return [{ kind: 'other', offset }, ...lexemesOf(token.end)];
    default:
      return silent.has(token.type) ? [] : [{ kind: 'other', offset }];
  }
}

function lexemesOfItem(
  { start, key, sep, value }: CST.CollectionItem,
  { inMap, role }: { readonly inMap: boolean; readonly role: Place['role'] },
): Lexeme[] {
  const paired = inMap || sep?.some(({ type }) => type === 'map-value-ind') === true;
  const name = key ? CST.resolveAsScalar(key)?.value : undefined;
  return [
    ...lexemesOf(start),
    ...(key ? lexemesOfToken(key, paired ? { role: 'key' } : { role, tag: tagOf(start) }) : []),
    ...lexemesOf(sep),
    ...(value ? lexemesOfToken(value, { role, key: name, tag: tagOf(paired ? sep : start) }) : []),
  ];
}

function lexemesOfFlow({ start, items, end }: CST.FlowCollection, { role }: Place): Lexeme[] {
  const inMap = start.type === 'flow-map-start';
  const inner = items.flatMap(item => lexemesOfItem(item, { inMap, role }));
  const [closing, ...rest] = end;
  const close: Lexeme[] =
    closing === undefined
      ? []
      : [{ kind: 'close', offset: closing.offset, scalars: inner.filter(lexeme => lexeme.kind === 'scalar') }];
  return [{ kind: 'other', offset: start.offset }, ...inner, ...close, ...lexemesOf(rest)];
}

function scalarLexeme(token: CST.FlowScalar, { role, key, tag }: Place): ScalarLexeme {
  const value = CST.resolveAsScalar(token).value;
  return { kind: 'scalar', offset: token.offset, source: token.source, value, role, key, tag };
}

function tagOf(tokens: readonly CST.SourceToken[] | undefined): string | undefined {
  return tokens?.findLast(({ type }) => type === 'tag')?.source;
}
