import { ActionError } from '@eks-gitops/errors';
import type { PolicyName } from '../markers/index.ts';
import { type Draft, drafted, editedTexts, manifestAt, manifestsIn } from './draft.ts';
import { findPlaces, type PlaceChoice } from './find-places.ts';
import { isBelow } from './folder.ts';
import { mayNameImage } from './image-name.ts';
import type { Manifest } from './manifest.ts';
import { markedDocuments, markPlace } from './mark.ts';
import { describePlace, type ImagePlace } from './places.ts';

export interface MarkingWanted {
  readonly policy: PolicyName;
  /** Only in files below. */
  readonly path: string;
  readonly choice: PlaceChoice;
  /** Whether the policy gives digests. */
  readonly reflects: boolean;
}

export interface Marking {
  readonly draft: Draft;
  /** Where the policy's markers stand now. */
  readonly files: readonly [string, ...string[]];
}

/**
 * Marks the places of the image. An image whose policy has markers already is left as it is, unless other places are named.
 * Throws what {@link findPlaces} and {@link markPlace} throw; MANIFEST_INVALID and IMAGE_UNMARKED for a named file.
 */
export function markImage(draft: Draft, { policy, path, choice, reflects }: MarkingWanted): Marking {
  const inside = { ...draft, texts: new Map([...draft.texts].filter(([file]) => isBelow(file, path))) };
  const wanted = choice.kind === 'image' ? unmarked(choice, markedFiles(inside, policy)) : choice;
  const places = wanted === undefined ? [] : placesIn(inside, { choice: wanted, reflects });
  const marks = places.map(place => ({ place, manifest: place.manifest, edits: markPlace(place, policy) }));
  const notes = marks.filter(({ edits }) => edits.length > 0).map(({ place }) => `Marked ${describePlace(place)}.`);
  const texts = editedTexts(marks);
  const [first, ...others] = markedFiles(drafted(inside, { texts }), policy);
  if (first === undefined) throw new Error(`no marker of ${policy.namespace}:${policy.name} after marking`);
  return { draft: drafted(draft, { texts, notes }), files: [first, ...others] };
}

/** Whether a text can hold such a place at all. */
export function mayHold(text: string, choice: PlaceChoice): boolean {
  switch (choice.kind) {
    case 'image':
      return choice.images.some(image => mayNameImage(text, image));
    case 'container':
      return text.includes(choice.container);
    case 'trail':
      return true;
  }
}

/** What is left to mark; nothing when the policy has markers and no other file is asked for. */
function unmarked(choice: PlaceChoice, marked: readonly string[]): PlaceChoice | undefined {
  if (choice.files.length === 0) return marked.length > 0 ? undefined : choice;
  const files = choice.files.filter(file => !marked.includes(file));
  return files.length === 0 ? undefined : { ...choice, files };
}

function placesIn(draft: Draft, { choice, reflects }: Pick<MarkingWanted, 'choice' | 'reflects'>): readonly ImagePlace[] {
  const { files } = choice;
  const likely = files.length > 0 ? files.map(file => named(draft, file)) : manifestsIn(draft, text => mayHold(text, choice));
  return findPlaces({ likely, all: () => manifestsIn(draft, () => true), reflects }, choice);
}

function markedFiles(draft: Draft, policy: PolicyName): readonly string[] {
  const manifests = manifestsIn(draft, text => text.includes('$imagepolicy'));
  return manifests.filter(manifest => markedDocuments(manifest, policy).length > 0).map(({ path }) => path);
}

function named(draft: Draft, file: string): Manifest {
  const manifest = manifestAt(draft, file);
  if (manifest !== undefined) return manifest;
  throw new ActionError({
    code: 'IMAGE_UNMARKED',
    message: `There is no manifest ${file}.`,
    expected: 'a YAML file below path, written from the root of the repository',
    remedy: 'name the file as git ls-files does; nothing was written',
  });
}
