import { type Manifest, openManifest, readManifest, type Texts } from './manifest.ts';

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

/** The well-formed manifests among the files whose text names one of the words. */
export function manifestsNaming({ texts }: Draft, words: readonly string[]): readonly Manifest[] {
  return [...texts].flatMap(([path, text]) => {
    const manifest = words.some(word => text.includes(word)) ? readManifest(path, text) : undefined;
    return manifest !== undefined && 'documents' in manifest ? [manifest] : [];
  });
}

/** One file of the draft. Throws MANIFEST_INVALID. */
export function manifestAt({ texts }: Draft, path: string): Manifest | undefined {
  const text = texts.get(path);
  return text === undefined ? undefined : openManifest(path, text);
}
