import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseAllDocuments } from 'yaml';
import { editMarkers } from './edit-markers.ts';
import { formatFault } from './fault.ts';
import { findMarkers } from './find-markers.ts';
import { generatedManifests } from './generated-manifests.ts';

const tags = fc.oneof(
  fc.constantFrom('v1', '1.2.3', 'i20261123100000-01234567').map(tag => ({ tag, plain: tag })),
  fc.constantFrom('1.0', '20261123', 'yes', '1e5', '12:30').map(tag => ({ tag, plain: `"${tag}"` })),
);

const policy = { namespace: 'shop', name: 'ui' };
const old = /"old\d+"|'old\d+'|old\d+(?=,? # \{)/g;

/** As a reader of one version of YAML sees it; every marked value is a text. */
function meaning(text: string, version: '1.1' | '1.2'): unknown[] {
  return parseAllDocuments(text, { version, keepSourceTokens: false }).map(document => {
    expect(document.errors).toEqual([]);
    return document.toJS();
  });
}

function replaceTexts(value: unknown, from: RegExp, to: string): unknown {
  if (typeof value === 'string') return value.replace(from, to);
  if (Array.isArray(value)) return value.map(item => replaceTexts(item, from, to));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaceTexts(item, from, to)]));
}

function edit(text: string, tag: string): string {
  const content = new TextEncoder().encode(text);
  expect(findMarkers({ path: 'a.yaml', content }).faults.map(formatFault)).toEqual([]);
  const { changes } = editMarkers({ manifests: [{ path: 'a.yaml', content }], images: [{ policy, name: 'host/ui', tag }] });
  return changes.length === 0 ? text : new TextDecoder('utf-8', { ignoreBOM: true }).decode(changes[0]?.content);
}

test('of a generated manifest the marked values change, in bytes and in meaning, and nothing else does', () => {
  fc.assert(
    fc.property(generatedManifests, tags, ({ text }, { tag, plain }) => {
      const after = edit(text, tag);
      const written: Readonly<Record<string, string>> = { '"': `"${tag}"`, "'": `'${tag}'`, o: plain };
      expect(after).toBe(text.replaceAll(old, value => written[value[0] ?? ''] ?? ''));
      for (const version of ['1.1', '1.2'] as const) {
        expect(meaning(after, version)).toEqual(replaceTexts(meaning(text, version), /^old\d+$/, tag));
      }
    }),
    { numRuns: 400 },
  );
});

test('editing twice is editing once', () => {
  fc.assert(
    fc.property(generatedManifests, tags, ({ text }, { tag }) => {
      const once = edit(text, tag);
      expect(edit(once, tag)).toBe(once);
    }),
    { numRuns: 200 },
  );
});
