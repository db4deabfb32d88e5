import { ActionError } from '@eks-gitops/errors';
import type { MarkerForm } from '../markers/index.ts';
import { isSameImage, splitReference } from './image-name.ts';
import { isMapping, type Manifest, rootOf } from './manifest.ts';
import {
  childrenOf,
  describePlace,
  type ImagePlace,
  imagePlaces,
  placeOfParts,
  placeOfScalar,
  placesOfImage,
  type Standing,
} from './places.ts';

/**
 * Which places are marked: those that name the image, those of a container of that name, or the one at a path of keys such as
 * `spec.template.spec.containers[ui].image` in one file. `files`: only in these; none means in all.
 */
export type PlaceChoice =
  | { readonly kind: 'image'; readonly images: readonly string[]; readonly files: readonly string[] }
  | { readonly kind: 'container'; readonly container: string; readonly files: readonly string[] }
  | { readonly kind: 'trail'; readonly trail: string; readonly files: readonly string[] };

/** Where places are looked for. */
export interface PlaceSearch {
  /** The manifests that can hold one; those of the named files, where files are named. */
  readonly likely: readonly Manifest[];
  /** Every manifest, to tell what there is instead. */
  readonly all: () => readonly Manifest[];
  /** Whether the policy gives digests: a digest that nobody writes would hold the old image fast. */
  readonly reflects: boolean;
}

/**
 * Finds the places to mark. Throws IMAGE_UNMARKED when there is none, or when they stand in several files and none was chosen, and
 * MARKER_UNSAFE when one of them cannot carry a marker; each lists what was found, with file and line.
 */
export function findPlaces({ likely, all, reflects }: PlaceSearch, choice: PlaceChoice): readonly ImagePlace[] {
  const places = placesOf(likely, choice).map(place => (reflects ? place : withoutDigest(place)));
  if (places.length === 0) throw noPlace(all(), choice);
  const unsafe = places.filter(({ problem }) => problem !== undefined);
  if (unsafe.length > 0) throw unsafePlaces(unsafe);
  if (choice.files.length === 0 && new Set(places.map(({ manifest }) => manifest.path)).size > 1) throw ambiguous(places);
  return places;
}

function withoutDigest(place: ImagePlace): ImagePlace {
  const pinned = place.spots.some(({ form }) => form === 'digest');
  return pinned ? { ...place, problem: 'a digest pins it: give digest-reflection: Always, or take the digest away' } : place;
}

function placesOf(manifests: readonly Manifest[], choice: PlaceChoice): readonly ImagePlace[] {
  switch (choice.kind) {
    case 'image':
      return placesOfImage(manifests.flatMap(imagePlaces), choice.images);
    case 'container':
      return manifests.flatMap(imagePlaces).filter(({ container }) => container === choice.container);
    case 'trail':
      return manifests.flatMap(manifest => placesAt(manifest, choice.trail));
  }
}

function placesAt(manifest: Manifest, trail: string): readonly ImagePlace[] {
  return manifest.documents.flatMap(document => {
    const root = rootOf(document);
    const at = root === undefined ? undefined : standingAt({ manifest, node: root, trail: '', flow: false }, trail);
    if (at === undefined) return [];
    if (!isMapping(at.node)) return [placeOfScalar(at, formOf(trail))];
    const parts = placeOfParts(at, at.node);
    return parts === undefined ? [placeOfScalar(at)] : [parts];
  });
}

/** Follows the trail of names or of positions down. */
function standingAt(from: Standing, trail: string): Standing | undefined {
  const steps = trail.match(/\[[^\]]*\]|"(?:[^"\\]|\\.)*"|[^.[\]]+/g) ?? [];
  return steps.reduce<Standing | undefined>((at, step) => {
    const children = at === undefined ? [] : childrenOf(at);
    const position = /^\[\d+\]$/.test(step) ? children[Number(step.slice(1, -1))] : undefined;
    return children.find(child => child.trail.slice(at?.trail.length ?? 0).replace(/^\./, '') === step) ?? position;
  }, from);
}

const forms: Readonly<Record<string, MarkerForm>> = {
  repository: 'name',
  newName: 'name',
  tag: 'tag',
  newTag: 'tag',
  digest: 'digest',
};

function formOf(trail: string): MarkerForm {
  return forms[trail.split('.').at(-1) ?? ''] ?? 'reference';
}

const shown = 20;

function listed(lines: readonly string[]): string {
  const more = lines.length > shown ? [`and ${lines.length - shown} more`] : [];
  return [...lines.slice(0, shown), ...more].join('\n');
}

function noPlace(manifests: readonly Manifest[], choice: PlaceChoice): ActionError {
  const all = manifests.flatMap(imagePlaces);
  const near = choice.kind === 'image' ? all.filter(place => sharesLastPart(place, choice.images)) : [];
  const found = near.length > 0 ? near : all;
  const where = choice.files.length === 0 ? 'No manifest' : `None of ${choice.files.join(', ')}`;
  return new ActionError({
    code: 'IMAGE_UNMARKED',
    message: `${where} ${wanted(choice)}, so there is nothing to mark.`,
    expected: choice.kind === 'image' ? `a value that names ${choice.images.join(' or ')}` : 'one value that names an image',
    found: found.length === 0 ? 'no image at all' : `${found.length === 1 ? 'this image' : 'these images'}, as listed above`,
    ...(found.length === 0 ? {} : { detail: listed(found.map(describePlace)) }),
    remedy: 'give current-image as the manifests name it now, or the place with file and container or key',
  });
}

function wanted(choice: PlaceChoice): string {
  switch (choice.kind) {
    case 'image':
      return `names the image ${choice.images.join(' or ')}`;
    case 'container':
      return `has a container ${choice.container} with an image`;
    case 'trail':
      return `has a value at ${choice.trail}`;
  }
}

function sharesLastPart({ image }: ImagePlace, names: readonly string[]): boolean {
  const last = splitReference(image).name.split('/').at(-1) ?? '';
  return names.some(name => isSameImage(last, name.split('/').at(-1) ?? ''));
}

function unsafePlaces(places: readonly ImagePlace[]): ActionError {
  return new ActionError({
    code: 'MARKER_UNSAFE',
    message: 'A value that names the image cannot carry a marker.',
    detail: listed(places.map(place => `${describePlace(place)} (${place.problem})`)),
    remedy: 'write it as said above, or choose another place with file, container or key; nothing was written',
  });
}

function ambiguous(places: readonly ImagePlace[]): ActionError {
  return new ActionError({
    code: 'IMAGE_UNMARKED',
    message: 'The image is named in several files, and it was not said which of them are to follow the policy.',
    detail: listed(places.map(describePlace)),
    remedy: 'give the files to mark as file, one a line, or a narrower path; nothing was written',
  });
}
