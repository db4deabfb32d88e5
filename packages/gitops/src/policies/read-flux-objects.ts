import { type Document, isMap, isSeq, type YAMLMap } from 'yaml';
import type { Fault } from '../markers/fault.ts';
import { type ParsedManifest, parseManifest } from '../markers/parse-manifest.ts';
import type { Manifest } from '../markers/scan.ts';
import type { ImagePolicy, ImageUpdateAutomation } from './flux-objects.ts';
import { type MalformedObject, type ObjectReading, parseObject } from './parse-object.ts';

export interface FluxObjects {
  readonly policies: readonly ImagePolicy[];
  readonly automations: readonly ImageUpdateAutomation[];
  readonly malformed: readonly MalformedObject[];
  /** Manifests that hold such an object and cannot be read. */
  readonly faults: readonly Fault[];
}

/** What a scan for these objects looks for. */
export const fluxObjectTokens: readonly string[] = ['image.toolkit.fluxcd.io/'];

/** Keeps Flux's own installation, half a megabyte of definitions that speak of these kinds, from being parsed. */
const holdsObject = /apiVersion["']?\s*:\s*["']?image\.toolkit\.fluxcd\.io\//;

/** Reads the ImagePolicy and ImageUpdateAutomation objects of any API version, also those inside a `kind: List`. */
export function readFluxObjects(manifests: readonly Manifest[]): FluxObjects {
  const parsings = manifests
    .filter(({ content }) => holdsObject.test(Buffer.from(content).toString('latin1')))
    .map(parseManifest);
  const readings = parsings.flatMap(parsing => (parsing.kind === 'parsed' ? readingsOf(parsing.manifest) : []));
  return {
    policies: readings.flatMap(reading => (reading.kind === 'policy' ? [reading.policy] : [])),
    automations: readings.flatMap(reading => (reading.kind === 'automation' ? [reading.automation] : [])),
    malformed: readings.flatMap(reading => (reading.kind === 'malformed' ? [reading.object] : [])),
    faults: parsings.flatMap(parsing => (parsing.kind === 'broken' ? [parsing.fault] : [])),
  };
}

function readingsOf({ path, documents, lines }: ParsedManifest): ObjectReading[] {
  return documents.flatMap(document => {
    const { contents } = document;
    if (!isMap(contents)) return [];
    const kind: unknown = contents.get('kind');
    const items: unknown = kind === 'List' ? contents.get('items', true) : undefined;
    const objects = isSeq(items) ? items.items.filter(item => isMap(item)) : [contents];
    return objects.map(object => {
      const line = lines.linePos(object.range?.[0] ?? 0).line;
      return parseObject(plainValue(object, document), { path, line });
    });
  });
}

/** Undefined where aliases of aliases would make more of a small text than any object is. */
function plainValue(object: YAMLMap, document: Document.Parsed): unknown {
  try {
    return object.toJS(document);
  } catch {
    return undefined;
  }
}
