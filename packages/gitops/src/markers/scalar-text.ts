import { parseDocument } from 'yaml';
import type { Marker } from './find-markers.ts';

/** Plain in block and in flow style alike, for any reader: no indicator at its start, `:` never at its end. */
const plainSafe = /^[A-Za-z0-9_./]([A-Za-z0-9_./:@+-]*[A-Za-z0-9_./@+-])?$/;

/**
 * What Go's yaml (kubectl, kustomize, Flux) reads as a number once every `_` is taken out, which neither version of the
 * specification does throughout. Source: go.yaml.in/yaml/v3, resolve.go.
 */
const goNumber = /^[-+]?(0x[0-9a-f]+(\.[0-9a-f]*)?(p[-+]?\d+)?|0o[0-7]+|0b[01]+|(\.\d+|\d+(\.\d*)?)(e[-+]?\d+)?)$/i;

/** Prints a text as a scalar of one style. A plain one gets double quotes where YAML 1.1 or 1.2 would not read it as that text. */
export function printScalar(value: string, style: Marker['style']): string {
  if (style === 'single') return `'${value.replaceAll("'", "''")}'`;
  if (style === 'plain' && plainSafe.test(value) && isText(value)) return value;
  return JSON.stringify(value);
}

/** If a plain scalar is read as text under both versions of YAML, and by Go. */
function isText(value: string): boolean {
  if (goNumber.test(value.replaceAll('_', ''))) return false;
  return (['1.1', '1.2'] as const).every(version => parseDocument(value, { version }).toJS() === value);
}
