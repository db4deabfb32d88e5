import type { FileChange } from '../edit.ts';
import { concerns, type Fault } from './fault.ts';
import { findMarkers, type Marker } from './find-markers.ts';
import type { MarkerForm } from './marker-comment.ts';
import { digestMissing, markerMissing, markersUnsafe } from './marker-errors.ts';
import { isSamePolicy, type PolicyName } from './policy-name.ts';
import { printScalar } from './scalar-text.ts';
import type { Manifest } from './scan.ts';

/** The image that the markers of a policy are to name, as in the controller's LatestRef. */
export interface PolicyImage {
  readonly policy: PolicyName;
  /** The image's repository, such as `host/shop/ui`. */
  readonly name: string;
  readonly tag: string;
  /** `sha256:…`: fills `:digest` markers. */
  readonly digest?: string | undefined;
  /** Whether whole references are written with the digest; default true, where there is one. */
  readonly pin?: boolean;
}

/** One marker of an asked policy; `previous` equals `next` where the value stands there already. */
export interface MarkerEdit {
  readonly path: string;
  /** Of the value, from 1. */
  readonly line: number;
  readonly policy: PolicyName;
  readonly form: MarkerForm;
  readonly previous: string;
  readonly next: string;
}

export interface MarkerEdits {
  /** Files whose bytes change, sorted as the manifests are. */
  readonly changes: readonly FileChange[];
  readonly edits: readonly MarkerEdit[];
  /** What is wrong in the manifests but concerns no asked policy. */
  readonly notices: readonly Fault[];
}

/**
 * Writes the images into all markers of their policies: of a file, the bytes of those scalars change and no other. A plain
 * value is quoted where it would not be read as text. Editing twice is editing once.
 *
 * Throws MANIFEST_INVALID or MARKER_UNSAFE, naming every fault, when a file or marker that speaks of an asked policy cannot be
 * edited safely, and MARKER_MISSING when an asked policy has no marker.
 *
 * It means what the image-automation-controller means (v1.2: internal/update, kyaml), except on purpose:
 * - Nothing is re-printed: the controller changes indentation, blanks, quotes in flow style, CRLF, byte order marks, explicit
 *   keys and `---` lines, and drops documents that hold no object.
 * - A number, boolean or null is replaced by text; the controller keeps its type as a tag, such as `!!float v2`.
 * - Behind a whole flow collection it ignores a marker; here the one value that the marker can mean is set (see `attach`).
 * - It empties a value whose `:digest` is not known; here that is MARKER_UNSAFE.
 * - It ignores markers that are malformed, hidden, or stand at aliases, keys or nothing, and whole files with broken YAML; here
 *   those that speak of an asked policy are refused.
 * - It rewrites block scalars, values of several lines and values with the tag of a number, lets one of two markers at a value
 *   or one of two equal keys win, and takes markers on lines of their own that are not aligned with their item; all of these
 *   are refused here.
 * - It passes over files that are no sets of objects (a bare list or scalar as document, text behind `---`) and loses
 *   documents that only `...` divides from the first, and writes what is inside a lone `kind: List` into new files, or fails
 *   altogether where an item has no name. Here all are edited in place.
 * - It follows links to files and writes files in their place, and looks into submodules; `scanManifests` leaves both out.
 * - Its printing harms what stands beside: a bracket on a line of its own behind a marker, text kept by `>+`.
 */
export function editMarkers({
  manifests,
  images,
}: {
  readonly manifests: readonly Manifest[];
  readonly images: readonly PolicyImage[];
}): MarkerEdits {
  const found = manifests.map(manifest => ({ manifest, ...findMarkers(manifest) }));
  const markers = found.flatMap(file => file.markers);
  const faults = found.flatMap(file => file.faults);
  const blocking = faults.filter(fault => images.some(({ policy }) => concerns(fault, policy)));
  if (blocking.length > 0) throw markersUnsafe(blocking);
  const missing = images
    .map(({ policy }) => policy)
    .filter(policy => !markers.some(marker => isSamePolicy(marker.policy, policy)));
  if (missing.length > 0) throw markerMissing({ policies: missing, markers, faults });
  for (const image of images.filter(({ digest }) => digest === undefined)) {
    const undigested = markers.filter(({ policy, form }) => form === 'digest' && isSamePolicy(policy, image.policy));
    if (undigested.length > 0) throw digestMissing(image, undigested);
  }

  const files = found.map(({ manifest, markers }) => editFile(manifest, markers, images));
  return {
    changes: files.flatMap(({ change }) => change ?? []),
    edits: files.flatMap(({ edits }) => edits),
    notices: faults.filter(fault => !blocking.includes(fault)),
  };
}

function editFile(
  { path, content }: Manifest,
  markers: readonly Marker[],
  images: readonly PolicyImage[],
): { readonly edits: readonly MarkerEdit[]; readonly change?: FileChange } {
  const planned = markers.flatMap(marker => {
    const image = images.find(({ policy }) => isSamePolicy(policy, marker.policy));
    return image === undefined ? [] : [{ marker, next: wantedValue(image, marker.form) }];
  });
  const edits = planned.map(({ marker, next }) => {
    const { line, policy, form, value } = marker;
    return { path, line, policy, form, previous: value, next };
  });
  const changed = planned.filter(({ marker, next }) => marker.value !== next);
  return changed.length === 0 ? { edits } : { edits, change: { path, content: rewrite(content, changed) } };
}

function rewrite(content: Uint8Array, changed: readonly { readonly marker: Marker; readonly next: string }[]): Uint8Array {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(content);
  const parts: string[] = [];
  let done = 0;
  for (const { marker, next } of changed) {
    parts.push(text.slice(done, marker.start), printScalar(next, marker.style));
    done = marker.end;
  }
  return new TextEncoder().encode([...parts, text.slice(done)].join(''));
}

function wantedValue({ name, tag, digest, pin = true }: PolicyImage, form: MarkerForm): string {
  const values: Readonly<Record<MarkerForm, string>> = {
    reference: `${name}:${tag}${digest === undefined || !pin ? '' : `@${digest}`}`,
    name,
    tag,
    digest: digest ?? '',
  };
  return values[form];
}
