import { ActionError } from '@eks-gitops/errors';
import type { PolicyName } from '../markers/index.ts';
import { type Draft, drafted, manifestAt, manifestsIn } from './draft.ts';
import { describePlace, findPlaces, type PlaceChoice } from './find-places.ts';
import type { Manifest } from './manifest.ts';
import { markedDocuments, markPlace } from './mark.ts';
import { spliced } from './text-edit.ts';

export interface Marking {
  readonly draft: Draft;
  /** Where the policy's markers stand now. */
  readonly files: readonly [string, ...string[]];
}

/**
 * Marks the places of the image. An image whose policy has markers already is left as it is, unless other places are named.
 * Throws what {@link findPlaces} and markPlace throw, and MANIFEST_INVALID for a named file.
 */
export function markImage(draft: Draft, policy: PolicyName, choice: PlaceChoice): Marking {
  const likely =
    choice.files.length === 0 ? manifestsIn(draft, text => mayHold(text, choice)) : choice.files.map(file => named(draft, file));
  const before = markedFiles(draft, policy);
  const wanted = choice.kind === 'image' ? unmarked(choice, before) : choice;
  const places = wanted === undefined ? [] : findPlaces({ likely, all: () => manifestsIn(draft, () => true) }, wanted);
  const splices = places.map(place => ({ place, edits: markPlace(place, policy) })).filter(({ edits }) => edits.length > 0);
  const texts = [...Map.groupBy(splices, ({ place }) => place.manifest)].map(
    ([{ path, text }, marks]) =>
      [
        path,
        spliced(
          text,
          marks.flatMap(({ edits }) => edits),
        ),
      ] as const,
  );
  const done = drafted(draft, { texts, notes: splices.map(({ place }) => `Marked ${describePlace(place)}.`) });
  const [first, ...others] = markedFiles(done, policy);
  if (first === undefined) throw new Error(`no marker of ${policy.namespace}:${policy.name} after marking`);
  return { draft: done, files: [first, ...others] };
}

/** Whether a text can hold such a place at all. */
export function mayHold(text: string, choice: PlaceChoice): boolean {
  switch (choice.kind) {
    case 'image':
      return choice.images.some(image => text.includes(image.split('/').at(-1) ?? image));
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
    expected: 'a file from the root of the repository, below path',
    remedy: 'name the file as git ls-files does; nothing was written',
  });
}
