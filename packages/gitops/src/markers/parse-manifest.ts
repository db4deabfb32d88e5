import { Composer, type CST, type Document, LineCounter, Parser, visit, type YAMLParseError } from 'yaml';
import type { Fault } from './fault.ts';
import type { Manifest } from './scan.ts';

/** A well-formed manifest as text. Offsets are UTF-16 indices into the text; a byte order mark is its first character. */
export interface ParsedManifest {
  readonly path: string;
  readonly text: string;
  readonly tokens: readonly CST.Token[];
  readonly documents: readonly Document.Parsed[];
  readonly lines: LineCounter;
}

export type Parsing =
  | { readonly kind: 'parsed'; readonly manifest: ParsedManifest }
  | { readonly kind: 'broken'; readonly fault: Fault };

/**
 * Parses all documents of a manifest. One broken document breaks the file, as for the controller, and so does a key that
 * stands twice in one mapping.
 */
export function parseManifest({ path, content }: Manifest): Parsing {
  const text = decode(content);
  if (text === undefined) {
    const latin = Buffer.from(content).toString('latin1');
    return broken({ path, line: undefined, reason: 'the file is not UTF-8', text: latin });
  }
  const lines = new LineCounter();
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const documents = [...new Composer({ prettyErrors: false }).compose(tokens)];
  const [error] = documents.flatMap(document => [...document.errors.map(toBreak), ...looseAliases(document)]);
  if (error !== undefined) {
    const reason = `the YAML is broken: ${error.message.replaceAll(/\s+/g, ' ')}`;
    return broken({ path, line: lines.linePos(error.offset).line, reason, text });
  }
  return { kind: 'parsed', manifest: { path, text, tokens, documents, lines } };
}

function decode(content: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return undefined;
  }
}

interface Break {
  readonly offset: number;
  readonly message: string;
}

function toBreak({ pos: [offset], message }: YAMLParseError): Break {
  return { offset, message };
}

/** Aliases of no anchor before them, which the library finds only when it makes a value of the document. */
function looseAliases(document: Document.Parsed): Break[] {
  const loose: Break[] = [];
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) === undefined)
        loose.push({ offset: alias.range?.[0] ?? 0, message: `*${alias.source} names no anchor` });
    },
  });
  return loose;
}

function broken(fault: Omit<Fault, 'kind'>): Parsing {
  return { kind: 'broken', fault: { kind: 'manifest', ...fault } };
}
