import { ActionError } from '@eks-gitops/errors';
import { type Digest, formatRepository, isTag, parseReference, type Reference, type Repository } from '../reference.ts';
import { type Descriptor, type ImageManifest, type ManifestContent, parseManifest } from '../registry/index.ts';

/** What a source contributes to the index: an image, or the attestations of one. */
export type Entry =
  | { readonly kind: 'image'; readonly descriptor: Descriptor; readonly manifest: ImageManifest | undefined }
  | { readonly kind: 'attestation'; readonly descriptor: Descriptor; readonly subject: string };

/** Something that images are joined from: an image, or an index with images and their attestations. */
export interface Source {
  /** How errors call it. */
  readonly name: string;
  readonly repository: Repository;
  /** The staging tag that it was found under; empty when it was not staged. */
  readonly stagingTag: string;
  /** In the source's own order. */
  readonly entries: readonly Entry[];
}

const referenceType = 'vnd.docker.reference.type';
const referenceDigest = 'vnd.docker.reference.digest';

export interface SourceContent {
  readonly name: string;
  readonly content: ManifestContent;
}

/**
 * Sorts a manifest into images and attestations (BuildKit documentation, "Image Attestation Storage").
 * Throws SOURCE_INVALID for anything that is neither an image nor an index of images, REGISTRY_RESPONSE when malformed.
 */
export function readEntries({ name, content }: SourceContent): Entry[] {
  const { mediaType, digest, bytes } = content;
  const document = parseManifest({ mediaType, bytes, subject: name });
  switch (document.kind) {
    case 'image':
      return [{ kind: 'image', descriptor: { mediaType, digest, size: bytes.length }, manifest: document.manifest }];
    case 'index':
      return document.index.manifests.map(toEntry);
    case 'other':
      throw new ActionError({
        code: 'SOURCE_INVALID',
        message: `${name} cannot be joined.`,
        expected: 'an image manifest, or an index of image manifests',
        found: mediaType === '' ? 'a manifest without a media type' : mediaType,
      });
  }
}

/** Leaves of a source the image of one digest with its attestations; undefined when it does not hold that image. */
export function narrowEntries(entries: readonly Entry[], digest: Digest): Entry[] | undefined {
  const wanted = entries.filter(entry =>
    entry.kind === 'image' ? entry.descriptor.digest === digest : entry.subject === digest,
  );
  return wanted.some(({ kind }) => kind === 'image') ? wanted : undefined;
}

/** Whether a descriptor in an index is an attestation, and not an image to run. */
export function isAttestation({ annotations, platform }: Descriptor): boolean {
  return annotations?.[referenceType] !== undefined || platform?.os === 'unknown';
}

function toEntry(descriptor: Descriptor): Entry {
  if (!isAttestation(descriptor)) return { kind: 'image', descriptor, manifest: undefined };
  return { kind: 'attestation', descriptor, subject: descriptor.annotations?.[referenceDigest] ?? '' };
}

/** Reads one line of the input `sources`: a digest or a tag in the image's own repository, or a whole reference. Throws REFERENCE_INVALID. */
export function parseSource(text: string, repository: Repository): Reference {
  if (text.startsWith('sha256:')) return parseReference(`${formatRepository(repository)}@${text}`);
  if (isTag(text)) return { ...repository, tag: text };
  return parseReference(text);
}
