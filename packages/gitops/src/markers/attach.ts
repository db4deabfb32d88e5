import type { CloseLexeme, Lexeme, ScalarLexeme } from './lexemes.ts';
import type { MarkerForm } from './marker-comment.ts';

export type Place =
  | { readonly kind: 'scalar'; readonly scalar: ScalarLexeme }
  | { readonly kind: 'nothing'; readonly reason: string };

export interface Attachment {
  readonly lexemes: readonly Lexeme[];
  /** Where the marker's comment stands among them. */
  readonly index: number;
  readonly form: MarkerForm;
  readonly columnOf: (offset: number) => number;
}

/** The keys whose value a marker behind a flow collection means. `name` is not one: in a kustomization it selects the image. */
const flowKeys: Readonly<Record<MarkerForm, RegExp>> = {
  reference: /image$/i,
  name: /^image$|newName$|repository$/i,
  tag: /tag$/i,
  digest: /digest$/i,
};

const behind = 'write it behind the value, on the same line';

/**
 * Which scalar a marker means. Behind a value: that value, also with the comma of a flow collection between (as kyaml).
 * Behind a whole flow collection: the one value in it whose key fits the marker's form (`image`; `newName`, `repository` or
 * `image`; `…tag`; `…digest`), else its only value. On a line of its own: the list item, or the value without its key, that
 * follows, as kyaml where it is plain to see: aligned with the item, and no other comment above, between or behind.
 */
export function attach({ lexemes, index, form, columnOf }: Attachment): Place {
  const before = lexemes[index - 1];
  const isFirst = before === undefined || before.kind === 'newline' || before.kind === 'entry';
  if (isFirst) return attachAhead({ lexemes, index, columnOf });
  const prior = before.kind === 'comma' ? lexemes[index - 2] : before;
  if (prior?.kind === 'scalar' && prior.role === 'value') return { kind: 'scalar', scalar: prior };
  if (prior?.kind === 'close') return attachWithin(prior, form);
  if (prior?.kind === 'alias') return nothing('the marker stands at an alias: mark the anchored value instead');
  if (prior?.kind === 'block-scalar') return nothing('the marker stands at a block scalar: write the value on one line');
  return nothing(`no value stands before the marker on its line: ${behind}`);
}

function attachWithin({ scalars }: CloseLexeme, form: MarkerForm): Place {
  const values = scalars.filter(({ role }) => role === 'value');
  const named = values.filter(({ key }) => key !== undefined && flowKeys[form].test(key));
  const fitting = named.length > 0 ? named : values;
  const [scalar] = fitting;
  if (scalar !== undefined && fitting.length === 1) return { kind: 'scalar', scalar };
  const meant = fitting.length === 0 ? 'none' : `any of ${fitting.length}`;
  return nothing(`the marker stands behind a whole { } or [ ] and may mean ${meant} of its values: ${behind}`);
}

/** A marker on a line of its own, or right behind the `-` of a list. */
function attachAhead({ lexemes, index, columnOf }: Omit<Attachment, 'form'>): Place {
  const above = lexemes.slice(0, index);
  const below = lexemes.slice(index + 1);
  const start = below.findIndex(isNoNewline);
  const first = below[start];
  const at = first?.kind === 'entry' ? start + 1 + below.slice(start + 1).findIndex(isNoNewline) : start;
  const value = below[at];

  const misaligned =
    first?.kind === 'entry' &&
    above.at(-1)?.kind === 'newline' &&
    columnOf(first.offset) !== columnOf(lexemes[index]?.offset ?? 0);
  if (endsInLoneComment(above) || misaligned || value?.kind !== 'scalar' || value.role === 'key') {
    return nothing(`the marker stands on a line of its own, but not alone right above an item of a list: ${behind}`);
  }
  if (endsInValue(above) && start > 1) {
    return nothing(`the marker stands right below one value, with a blank line between it and the next: ${behind}`);
  }
  const trailing = below[at + 1]?.kind === 'comma' ? below[at + 2] : below[at + 1];
  if (trailing?.kind === 'comment') return nothing(`the comment behind the value hides the marker above it: ${behind}`);
  return { kind: 'scalar', scalar: value };
}

function isNoNewline({ kind }: Lexeme): boolean {
  return kind !== 'newline';
}

/** A comment on a line of its own, blank lines aside. */
function endsInLoneComment(lexemes: readonly Lexeme[]): boolean {
  const last = lexemes.findLastIndex(isNoNewline);
  return lexemes[last]?.kind === 'comment' && (last === 0 || lexemes[last - 1]?.kind === 'newline');
}

/** A value on the line before, with or without a comment behind it: what follows may close it. */
function endsInValue(lexemes: readonly Lexeme[]): boolean {
  const isNext = lexemes.at(-1)?.kind === 'newline' && lexemes.at(-2)?.kind !== 'newline';
  const last = lexemes.findLast(({ kind }) => kind !== 'newline' && kind !== 'comment');
  return isNext && last !== undefined && last.kind !== 'other' && last.kind !== 'comma';
}

function nothing(reason: string): Place {
  return { kind: 'nothing', reason };
}
