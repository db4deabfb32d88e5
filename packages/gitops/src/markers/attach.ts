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
  /** From 1. */
  readonly lineOf: (offset: number) => number;
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
 * follows, if no other comment stands above, between or behind (as kyaml).
 */
export function attach({ lexemes, index, form, lineOf }: Attachment): Place {
  const before = lexemes[index - 1];
  if (before === undefined || before.kind === 'newline' || before.kind === 'entry')
    return attachAhead({ lexemes, index, lineOf });
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
function attachAhead({ lexemes, index, lineOf }: Omit<Attachment, 'form'>): Place {
  const prior = lexemes.slice(0, index).findLastIndex(({ kind }) => kind !== 'newline');
  const [first, second, third, fourth] = lexemes.slice(index + 1).filter(({ kind }) => kind !== 'newline');
  const [value, next, afterNext] = first?.kind === 'entry' ? [second, third, fourth] : [first, second, third];
  if (isLoneComment(prior) || closes(lexemes[prior], first) || value?.kind !== 'scalar' || value.role === 'key') {
    return nothing(`the marker stands on a line of its own, but not alone above a value of a list: ${behind}`);
  }
  const trailing = next?.kind === 'comma' ? afterNext : next;
  if (trailing?.kind === 'comment' && lineOf(trailing.offset) === lineOf(value.offset)) {
    return nothing(`the comment behind the value hides the marker above it: ${behind}`);
  }
  return { kind: 'scalar', scalar: value };

  function isLoneComment(at: number): boolean {
    return lexemes[at]?.kind === 'comment' && (at === 0 || lexemes[at - 1]?.kind === 'newline');
  }

  /** A comment right below one line, with a blank line behind, belongs to what is above. */
  function closes(above: Lexeme | undefined, below: Lexeme | undefined): boolean {
    if (above === undefined || below === undefined || above.kind === 'entry') return false;
    const line = lineOf(lexemes[index]?.offset ?? 0);
    return lineOf(above.offset) === line - 1 && lineOf(below.offset) > line + 1;
  }
}

function nothing(reason: string): Place {
  return { kind: 'nothing', reason };
}
