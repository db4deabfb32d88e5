import { type BrokenManifest, type Manifest, openManifest, readManifest, type Texts } from './manifest.ts';
import { type Splice, spliced } from './text-edit.ts';

/** The files as they are to become, with what the user should know. */
export interface Draft {
  readonly texts: Texts;
  /** A sentence each. */
  readonly notes: readonly string[];
}

/** The draft with further texts and notes. */
export function drafted(
  { texts, notes }: Draft,
  more: { texts?: readonly (readonly [string, string])[]; notes?: readonly string[] },
): Draft {
  return { texts: new Map([...texts, ...(more.texts ?? [])]), notes: [...notes, ...(more.notes ?? [])] };
}

/** The well-formed manifests among the files whose text may hold what is looked for; the others are not parsed. */
export function manifestsIn({ texts }: Draft, mayHold: (text: string) => boolean): readonly Manifest[] {
  return readingsOf(texts, mayHold).flatMap(reading => ('documents' in reading ? [reading] : []));
}

/** Files that may hold it, but are not well-formed YAML. */
export function brokenIn({ texts }: Draft, mayHold: (text: string) => boolean): readonly BrokenManifest[] {
  return readingsOf(texts, mayHold).flatMap(reading => ('reason' in reading ? [reading] : []));
}

function readingsOf(texts: Texts, mayHold: (text: string) => boolean): readonly (Manifest | BrokenManifest)[] {
  return [...texts].flatMap(([path, text]) => (mayHold(text) ? [readManifest(path, text)] : []));
}

/** Tells the objects of Flux's image API from Flux's own installation, a large file that speaks of them too. */
export function mayHoldImageObjects(text: string): boolean {
  return /apiVersion["']?\s*:\s*["']?image\.toolkit\.fluxcd\.io\//.test(text);
}

/** One file of the draft. Throws MANIFEST_INVALID. */
export function manifestAt({ texts }: Draft, path: string): Manifest | undefined {
  const text = texts.get(path);
  return text === undefined ? undefined : openManifest(path, text);
}

export interface ManifestEdits {
  readonly manifest: Manifest;
  readonly edits: readonly Splice[];
}

/** The new texts of manifests; edits of one manifest come together. */
export function editedTexts(changes: readonly ManifestEdits[]): readonly (readonly [string, string])[] {
  const byManifest = Map.groupBy(changes, ({ manifest }) => manifest);
  return [...byManifest].map(([{ path, text }, all]) => {
    const edits = all.flatMap(change => change.edits);
    return [path, spliced(text, edits)] as const;
  });
}
