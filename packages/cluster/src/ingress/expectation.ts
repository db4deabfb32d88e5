/** Statuses from `from` to `to`, both included. */
export interface StatusRange {
  readonly from: number;
  readonly to: number;
}

/** A text that is looked for, or an expression that is. `written` is as the user wrote it. */
export type TextPattern =
  | { readonly kind: 'text'; readonly written: string }
  | { readonly kind: 'expression'; readonly written: string; readonly expression: RegExp };

export interface HeaderExpectation {
  readonly name: string;
  /** What the whole value is, or where it is found; without it the header only has to be there. */
  readonly value?: TextPattern;
}

/** What an answer has to be like. */
export interface Expectation {
  readonly statuses: readonly StatusRange[];
  readonly headers: readonly HeaderExpectation[];
  readonly body?: TextPattern | undefined;
}

/** Reads `200`, `2xx` or `200-399`; throws a sentence for anything else. */
export function parseStatusRange(given: string): StatusRange {
  const [, family, first = '', last = first] = /^(?:([1-5])xx|([1-5]\d\d)(?:-([1-5]\d\d))?)$/i.exec(given.trim()) ?? [];
  if (family !== undefined) return { from: Number(family) * 100, to: Number(family) * 100 + 99 };
  if (first === '') throw new Error(`"${given}" is not a status such as 200, 2xx or 200-399`);
  if (last < first) throw new Error(`"${given}" ends before it starts`);
  return { from: Number(first), to: Number(last) };
}

export function formatStatuses(ranges: readonly StatusRange[]): string {
  return ranges.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(', ');
}

export function isStatusExpected(status: number, ranges: readonly StatusRange[]): boolean {
  return ranges.some(({ from, to }) => from <= status && status <= to);
}

/**
 * Reads `/expression/flags` as a JavaScript regular expression, everything else as plain text, such as a path with other letters behind
 * its last slash. The flag g means nothing here and is passed over. Throws a sentence for an expression that is none.
 */
export function parseTextPattern(written: string): TextPattern {
  const [, source, flags = ''] = /^\/(.+)\/([gimsuv]*)$/s.exec(written) ?? [];
  if (source === undefined) return { kind: 'text', written };
  return { kind: 'expression', written, expression: new RegExp(source, flags.replaceAll('g', '')) };
}

/** Reads `Name: value`, `Name: /expression/flags` or `Name`; throws a sentence for a name that is none. */
export function parseHeaderExpectation(given: string): HeaderExpectation {
  const [, name = '', value] = /^([^:]*?)\s*(?::\s*(.*))?$/s.exec(given.trim()) ?? [];
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) throw new Error(`"${given}" is not of the form Name: value`);
  return { name, ...(value === undefined || value === '' ? {} : { value: parseTextPattern(value) }) };
}

export function isFoundIn(body: string, pattern: TextPattern): boolean {
  return pattern.kind === 'text' ? body.includes(pattern.written) : pattern.expression.test(body);
}

/** Whether a header has the value; `values` are those of all its lines. */
export function isHeaderExpected(values: readonly string[], { value }: HeaderExpectation): boolean {
  if (value === undefined) return values.length > 0;
  return values.some(found => (value.kind === 'text' ? found.trim() === value.written : value.expression.test(found)));
}
