import { attach } from './attach.ts';
import type { Fault } from './fault.ts';
import { type CommentLexeme, lexemesOf, type ScalarLexeme } from './lexemes.ts';
import { type MarkerMeaning, readMarkerComment } from './marker-comment.ts';
import { type ParsedManifest, parseManifest } from './parse-manifest.ts';
import type { Manifest } from './scan.ts';

/** A marker with the scalar that it stands at. */
export interface Marker extends MarkerMeaning {
  readonly path: string;
  /** Of the scalar, from 1. */
  readonly line: number;
  readonly column: number;
  /** The scalar with its quotes, as UTF-16 indices into the decoded text. */
  readonly start: number;
  readonly end: number;
  readonly style: 'plain' | 'single' | 'double';
  /** The current value, as YAML means it, always as text. */
  readonly value: string;
}

export interface FoundMarkers {
  /** In the order of the text. */
  readonly markers: readonly Marker[];
  /** Markers that cannot be followed, or the one reason why the file cannot be read. */
  readonly faults: readonly Fault[];
}

type Claim = { readonly comment: CommentLexeme } & (
  | { readonly kind: 'claim'; readonly meaning: MarkerMeaning; readonly scalar: ScalarLexeme }
  | { readonly kind: 'refusal'; readonly reason: string }
);

/** A tag that makes a value something else than text: whatever is written there would be read as that. */
const typedTag = /^(!!|!<tag:yaml\.org,2002:)(int|float|bool|null|timestamp|binary)/;

/** Finds the markers of one manifest, of whatever policy, and all that cannot be followed. */
export function findMarkers(manifest: Manifest): FoundMarkers {
  const parsing = parseManifest(manifest);
  if (parsing.kind === 'broken') return { markers: [], faults: [parsing.fault] };
  const claims = settle(claimsOf(parsing.manifest));
  return {
    markers: claims.flatMap(claim => markerOf(claim, parsing.manifest)).sort((a, b) => a.start - b.start),
    faults: claims.flatMap(claim => faultOf(claim, parsing.manifest)),
  };
}

function claimsOf({ tokens, lines }: ParsedManifest): Claim[] {
  const lexemes = lexemesOf(tokens);
  const columnOf = (offset: number): number => lines.linePos(offset).col;
  return lexemes.flatMap((comment, index): Claim[] => {
    if (comment.kind !== 'comment') return [];
    const reading = readMarkerComment(comment.text);
    if (reading.kind === 'other') return [];
    if (reading.kind === 'malformed') return [{ kind: 'refusal', comment, reason: reading.reason }];
    const { meaning } = reading;
    const place = attach({ lexemes, index, form: meaning.form, columnOf });
    if (place.kind === 'nothing') return [{ kind: 'refusal', comment, reason: place.reason }];
    const reason = faultIn(place.scalar);
    if (reason !== undefined) return [{ kind: 'refusal', comment, reason }];
    return [{ kind: 'claim', comment, meaning, scalar: place.scalar }];
  });
}

/** Refuses all markers of a scalar that has more than one. */
function settle(claims: readonly Claim[]): Claim[] {
  return claims.map(claim => {
    if (claim.kind === 'refusal') return claim;
    const rivals = claims.filter(other => other.kind === 'claim' && other.scalar === claim.scalar);
    if (rivals.length === 1) return claim;
    return { kind: 'refusal', comment: claim.comment, reason: 'more than one marker stands at the same value' };
  });
}

/** Why a scalar cannot be replaced; undefined when it can. */
function faultIn({ source, tag }: ScalarLexeme): string | undefined {
  if (/[\r\n]/.test(source)) return 'the marker stands at a value of several lines: write it on one line';
  if (tag !== undefined && typedTag.test(tag)) return `the value has the tag ${tag}, and is not text`;
  return undefined;
}

function markerOf(claim: Claim, { path, lines }: ParsedManifest): Marker[] {
  if (claim.kind === 'refusal') return [];
  const { offset: start, source, value } = claim.scalar;
  const { line, col: column } = lines.linePos(start);
  return [{ ...claim.meaning, path, line, column, start, end: start + source.length, style: styleOf(source), value }];
}

function faultOf(claim: Claim, { path, lines }: ParsedManifest): Fault[] {
  if (claim.kind === 'claim') return [];
  const { offset, text } = claim.comment;
  return [{ kind: 'marker', path, line: lines.linePos(offset).line, reason: claim.reason, text }];
}

function styleOf(source: string): Marker['style'] {
  if (source.startsWith('"')) return 'double';
  return source.startsWith("'") ? 'single' : 'plain';
}
