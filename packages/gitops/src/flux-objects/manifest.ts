import { ActionError } from '@eks-gitops/errors';
import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type ParsedNode,
  parseAllDocuments,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';

/** The files that setting up looks at, by their path from the repository's root. */
export type Texts = ReadonlyMap<string, string>;

/** A file with where its YAML documents and their nodes stand. Offsets count UTF-16 units of `text`. */
export interface Manifest {
  readonly path: string;
  readonly text: string;
  readonly documents: readonly Document.Parsed[];
  /** The line of an offset, from 1. */
  line(offset: number): number;
}

export interface BrokenManifest {
  readonly path: string;
  readonly line: number;
  /** What the YAML parser says. */
  readonly reason: string;
}

/** Reads a file's documents, or says why it is not well-formed YAML. */
export function readManifest(path: string, text: string): Manifest | BrokenManifest {
  const counter = new LineCounter();
  const parsed = parseAllDocuments(text, { keepSourceTokens: true, lineCounter: counter, prettyErrors: false });
  const documents = Array.isArray(parsed) ? parsed : [];
  const error = documents.flatMap(document => document.errors)[0];
  if (error !== undefined) return { path, line: counter.linePos(error.pos[0]).line, reason: error.message };
  return { path, text, documents, line: offset => counter.linePos(offset).line };
}

/** Throws MANIFEST_INVALID for a file that is not well-formed YAML. */
export function openManifest(path: string, text: string): Manifest {
  const manifest = readManifest(path, text);
  if ('documents' in manifest) return manifest;
  throw new ActionError({
    code: 'MANIFEST_INVALID',
    message: `${path} is not well-formed YAML.`,
    found: `${path}:${manifest.line}: ${manifest.reason}`,
    remedy: 'mend the file; nothing was written',
  });
}

/** The file's line ending: that of its first line. */
export function lineEnding(text: string): '\r\n' | '\n' {
  return /^[^\n]*\r\n/.test(text) ? '\r\n' : '\n';
}

/** Whether a node is a mapping; of a parsed document, so that it has its range. */
export function isMapping(node: unknown): node is YAMLMap.Parsed {
  return isMap(node) && Array.isArray(node.range);
}

/** Whether a node is a sequence, of a parsed document. */
export function isSequence(node: unknown): node is YAMLSeq.Parsed {
  return isSeq(node) && Array.isArray(node.range);
}

/** The block or flow mapping that a document is, if it is one. */
export function rootOf({ contents }: Document.Parsed): YAMLMap.Parsed | undefined {
  return isMapping(contents) ? contents : undefined;
}

/** The value at a path of keys, from a mapping down. */
export function nodeAt(map: YAMLMap.Parsed | undefined, ...keys: readonly string[]): ParsedNode | undefined {
  return keys.reduce<ParsedNode | undefined>(
    (node, key) => (isMapping(node) ? node.items.find(pair => keyOf(pair) === key)?.value : undefined) ?? undefined,
    map,
  );
}

/** The mapping at a path of keys. */
export function mapAt(map: YAMLMap.Parsed | undefined, ...keys: readonly string[]): YAMLMap.Parsed | undefined {
  const node = nodeAt(map, ...keys);
  return isMapping(node) ? node : undefined;
}

/** The text of the scalar at a path of keys; nothing when there is none or it is not a string. */
export function textAt(map: YAMLMap.Parsed | undefined, ...keys: readonly string[]): string | undefined {
  const node = nodeAt(map, ...keys);
  return isScalar(node) && typeof node.value === 'string' ? node.value : undefined;
}

/** A pair's key, when it is a scalar. */
export function keyOf({ key }: { readonly key: unknown }): string | undefined {
  return isScalar(key) ? String(key.value) : undefined;
}
