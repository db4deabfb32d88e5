import { isScalar, type ParsedNode, type YAMLMap, type YAMLSeq } from 'yaml';
import { printScalar } from '../markers/index.ts';
import { isMapping, isSequence, lineEnding } from './manifest.ts';
import { columnOf, lineEnd, lineStart, type Splice } from './text-edit.ts';

/**
 * Adds an entry at the end of a mapping, in the mapping's own indentation and style. `lines` is the entry in block style,
 * indented from its key; `flow` is the same for a flow mapping.
 */
export function entryAtEnd(text: string, map: YAMLMap.Parsed, entry: { lines: readonly string[]; flow: string }): Splice {
  if (map.flow === true) return itemInFlow(text, map, entry.flow);
  return linesAfter(text, contentEnd(map), indented(columnOf(text, map.range[0]), entry.lines));
}

/** Adds an item at the end of a sequence, in the sequence's own indentation and style. */
export function itemAtEnd(text: string, sequence: YAMLSeq.Parsed, item: string): Splice {
  if (sequence.flow === true) return itemInFlow(text, sequence, item);
  return linesAfter(text, contentEnd(sequence), indented(columnOf(text, sequence.range[0]), [`- ${item}`]));
}

/** Puts whole lines after the line in which something ends; a file without a last line break stays without. */
export function linesAfter(text: string, end: number, lines: readonly string[]): Splice {
  const ending = lineEnding(text);
  const block = lines.join(ending);
  if (end > 0 && text[end - 1] === '\n') return { start: end, end, text: block + ending };
  const at = lineEnd(text, end);
  return { start: at, end: at, text: ending + block };
}

/** Where a node's own text ends, without the comments and blank lines after it. */
export function contentEnd(node: ParsedNode): number {
  if (isMapping(node) || isSequence(node)) {
    const last = node.flow === true ? undefined : partsOf(node).at(-1);
    return last === undefined ? node.range[1] : contentEnd(last);
  }
  return node.range[1];
}

/** The keys and values, or the items, of a collection in their order. */
function partsOf(node: YAMLMap.Parsed | YAMLSeq.Parsed): readonly ParsedNode[] {
  return isMapping(node) ? node.items.flatMap(({ key, value }) => (value === null ? [key] : [key, value])) : node.items;
}

function indented(column: number, lines: readonly string[]): readonly string[] {
  return lines.map(line => ' '.repeat(column) + line);
}

/** After the last item; on a line of its own where that item has one. */
function itemInFlow(text: string, collection: YAMLMap.Parsed | YAMLSeq.Parsed, item: string): Splice {
  const last = partsOf(collection).at(-1);
  if (last === undefined) return { start: collection.range[0] + 1, end: collection.range[1] - 1, text: item };
  const end = contentEnd(last);
  const first = isMapping(collection) ? (collection.items.at(-1)?.key ?? last) : last;
  const start = lineStart(text, first.range[0]);
  const lead = text.slice(start, first.range[0]);
  const separator = lead.trim() === '' && start > collection.range[0] ? `,${lineEnding(text)}${lead}` : ', ';
  return { start: end, end, text: separator + item };
}

/** Replaces a scalar's text and keeps its quotes; plain text that YAML would read as anything but that string is quoted. */
export function scalarReplaced(node: ParsedNode, value: string): Splice {
  const [start, end] = node.range;
  return { start, end, text: printScalar(value, styleOf(node)) };
}

/** How a scalar is quoted; plain for whatever is no quoted scalar. */
export function styleOf(node: ParsedNode | undefined): 'plain' | 'single' | 'double' {
  if (!isScalar(node)) return 'plain';
  return node.type === 'QUOTE_DOUBLE' ? 'double' : node.type === 'QUOTE_SINGLE' ? 'single' : 'plain';
}
