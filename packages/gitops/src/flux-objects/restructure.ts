import type { YAMLMap } from 'yaml';
import { contentEnd } from './insert.ts';
import { isMapping, keyOf, lineEnding, mapAt } from './manifest.ts';
import { columnOf, lineEnd, lineStart, type Splice } from './text-edit.ts';

/**
 * Moves the fields of a v1alpha1 ImageUpdateAutomation to where v1 has them: `checkout.gitRepositoryRef` to `sourceRef`, `checkout.branch` to
 * `git.checkout.ref.branch`, `commit` and `push` under `git`, `authorName` and `authorEmail` to `author`. Whole lines move, with the comments
 * above and behind them. Nothing where an entry does not have lines of its own.
 * Source: image-automation-controller, docs/spec/v1alpha2, "Migrating from v1alpha1".
 */
export function restructured(text: string, root: YAMLMap.Parsed): Splice | undefined {
  const spec = mapAt(root, 'spec');
  const entries = spec === undefined ? undefined : entriesOf(text, spec, lineStart(text, spec.range[0]));
  if (spec === undefined || entries === undefined) return undefined;
  const column = columnOf(text, spec.range[0]);
  const checkout = entries.find(({ key }) => key === 'checkout');
  const source = checkout === undefined ? undefined : sourceRef(text, checkout, column);
  const git = source === undefined ? undefined : gitEntry(text, entries, column);
  if (source === undefined || git === undefined) return undefined;
  const lines = entries.flatMap(entry => {
    if (entry === checkout) return [...source, ...git];
    return ['commit', 'push'].includes(entry.key) ? [] : entry.lines;
  });
  return { start: entries[0]?.start ?? 0, end: entries.at(-1)?.end ?? 0, text: lines.join(lineEnding(text)) };
}

/** An entry of a block mapping with the lines that it takes, the comments above it among them. */
interface Entry {
  readonly key: string;
  readonly map: YAMLMap.Parsed | undefined;
  readonly lines: readonly string[];
  /** How many of the lines come before the value: comments, and the key. */
  readonly head: number;
  readonly start: number;
  readonly end: number;
  /** Where the line after the key begins. */
  readonly body: number;
}

function entriesOf(text: string, map: YAMLMap.Parsed, from: number): readonly Entry[] | undefined {
  if (map.flow === true) return undefined;
  const entries: Entry[] = [];
  for (const pair of map.items) {
    const previous = entries.at(-1);
    const start = previous === undefined ? from : afterLine(text, previous.end);
    const end = lastLineEnd(text, contentEnd(pair.value ?? pair.key));
    if (pair.key.range[0] < start || lineStart(text, pair.key.range[0]) + columnOf(text, map.range[0]) !== pair.key.range[0]) {
      return undefined;
    }
    const head = text.slice(start, pair.key.range[0]).split('\n').length;
    const value = isMapping(pair.value) ? pair.value : undefined;
    const body = afterLine(text, pair.key.range[1]);
    entries.push({ key: keyOf(pair) ?? '', map: value, lines: linesOf(text, start, end), head, start, end, body });
  }
  return entries;
}

/** `sourceRef`, with what `checkout.gitRepositoryRef` holds. */
function sourceRef(text: string, checkout: Entry, column: number): readonly string[] | undefined {
  const reference = childrenOf(text, checkout)?.find(({ key }) => key === 'gitRepositoryRef');
  const children = reference === undefined ? undefined : childrenOf(text, reference);
  if (children === undefined) return undefined;
  const held = children.flatMap(child => moved(child.lines, column + 2 - columnIn(child)));
  return [...indented(column, ['sourceRef:', '  kind: GitRepository']), ...held];
}

function gitEntry(text: string, entries: readonly Entry[], column: number): readonly string[] | undefined {
  const parts = entries.map(entry => {
    switch (entry.key) {
      case 'checkout':
        return checkoutPart(text, entry, column);
      case 'commit':
        return commitPart(text, entry, column);
      case 'push':
        return moved(entry.lines, 2);
      default:
        return [];
    }
  });
  if (!parts.every(part => part !== undefined)) return undefined;
  return [...indented(column, ['git:']), ...parts.flat()];
}

function checkoutPart(text: string, checkout: Entry, column: number): readonly string[] | undefined {
  const children = childrenOf(text, checkout)?.filter(({ key }) => key !== 'gitRepositoryRef');
  if (children === undefined || children.length === 0) return children === undefined ? undefined : [];
  const held = children.flatMap(child => moved(child.lines, column + 6 - columnIn(child)));
  return [...moved(checkout.lines.slice(0, checkout.head), 2), ...indented(column + 4, ['ref:']), ...held];
}

const author: Readonly<Record<string, string>> = { authorName: 'name', authorEmail: 'email' };

function commitPart(text: string, commit: Entry, column: number): readonly string[] | undefined {
  const children = childrenOf(text, commit);
  if (children === undefined) return undefined;
  const own = children.filter(({ key }) => key in author);
  const named = own.flatMap(({ key, lines, head }) =>
    lines.with(head - 1, lines[head - 1]?.replace(key, author[key] ?? key) ?? ''),
  );
  const names = own[0] === undefined ? [] : moved(named, column + 6 - columnIn(own[0]));
  const others = children.filter(({ key }) => !(key in author));
  return [
    ...moved(commit.lines.slice(0, commit.head), 2),
    ...(names.length === 0 ? [] : [...indented(column + 4, ['author:']), ...names]),
    ...others.flatMap(child => moved(child.lines, column + 4 - columnIn(child))),
  ];
}

function childrenOf(text: string, { map, body }: Entry): readonly Entry[] | undefined {
  return map === undefined ? undefined : entriesOf(text, map, body);
}

function columnIn({ lines, head }: Entry): number {
  return lines[head - 1]?.search(/\S/) ?? 0;
}

function moved(lines: readonly string[], by: number): readonly string[] {
  return lines.map(line => (line.trim() === '' ? line : by < 0 ? line.slice(-by) : ' '.repeat(by) + line));
}

function indented(column: number, lines: readonly string[]): readonly string[] {
  return lines.map(line => ' '.repeat(column) + line);
}

function linesOf(text: string, start: number, end: number): readonly string[] {
  return text.slice(start, end).split(/\r?\n/);
}

/** The end of the last line that holds something of the value; a block scalar ends after its line break. */
function lastLineEnd(text: string, end: number): number {
  return text[end - 1] === '\n' ? lineEnd(text, Math.max(0, text.slice(0, end).trimEnd().length)) : lineEnd(text, end);
}

function afterLine(text: string, end: number): number {
  const feed = text.indexOf('\n', end);
  return feed === -1 ? text.length : feed + 1;
}
