import { Composer, type CST, LineCounter, Parser } from 'yaml';
import type { Fault } from './fault.ts';
import type { Manifest } from './scan.ts';

/** A well-formed manifest as text. Offsets are UTF-16 indices into the text; a byte order mark is its first character. */
export interface ParsedManifest {
  readonly path: string;
  readonly text: string;
  readonly tokens: readonly CST.Token[];
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
  for (const document of new Composer({ prettyErrors: false }).compose(tokens)) {
    const [error] = document.errors;
    if (error !== undefined) {
      return broken({ path, line: lines.linePos(error.pos[0]).line, reason: sentence(error.message), text });
    }
  }
  return { kind: 'parsed', manifest: { path, text, tokens, lines } };
}

function decode(content: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return undefined;
  }
}

function sentence(message: string): string {
  return `the YAML is broken: ${message.replaceAll(/\s+/g, ' ')}`;
}

function broken(fault: Omit<Fault, 'kind'>): Parsing {
  return { kind: 'broken', fault: { kind: 'manifest', ...fault } };
}
