import type { ReleaseRecord } from '@eks-gitops/action';
import { ActionError } from '@eks-gitops/errors';
import { isDigest, parseReference } from '@eks-gitops/images';

/** An image as it was named: by its tag, its digest, or both. */
export interface NamedImage {
  /** Repository with host, as templates write it. */
  readonly name: string;
  readonly tag?: string;
  readonly digest?: `sha256:${string}`;
}

/** Reads `repository:tag`, `repository@sha256:…` or both, and keeps the repository as it was written. Throws REFERENCE_INVALID. */
export function parseImage(text: string): NamedImage {
  const [tagged = '', ...digests] = text.trim().split('@');
  const reference = parseReference(text.trim());
  const colon = tagged.indexOf(':', tagged.lastIndexOf('/') + 1);
  const name = colon < 0 ? tagged : tagged.slice(0, colon);
  const tag = colon < 0 ? {} : { tag: tagged.slice(colon + 1) };
  return 'digest' in reference && digests.length === 1 ? { name, ...tag, digest: reference.digest } : { name, ...tag };
}

export interface ImageInputs {
  readonly image: NamedImage | undefined;
  readonly record: ReleaseRecord | undefined;
}

/** The image that is to run: the input's, else the record's index; nothing without both. Throws RECORD_MISMATCH, INPUT_MISSING. */
export function resolveImage({ image, record }: ImageInputs): NamedImage | undefined {
  if (record === undefined) return image;
  const recorded = recordedImage(record);
  if (image === undefined) return recorded;
  const agrees =
    image.name === recorded.name &&
    (image.tag ?? recorded.tag) === recorded.tag &&
    (image.digest ?? recorded.digest) === recorded.digest;
  if (agrees) return { ...recorded, ...image };
  throw new ActionError({
    code: 'RECORD_MISMATCH',
    message: 'The release record is of another image than the input image.',
    expected: formatImage(image),
    found: formatImage(recorded),
    likely: 'a record of another release was handed on',
    remedy: 'give one of the two',
  });
}

function recordedImage({ image, index }: ReleaseRecord): NamedImage {
  if (index !== undefined && isDigest(index.digest)) return { name: image, tag: index.tag, digest: index.digest };
  throw new ActionError({
    code: 'INPUT_MISSING',
    message: 'The release record has no index, so there is no image to wait for.',
    expected: 'image, or the record output of push-manifest-index or a later step',
    found: 'a record without an index',
    likely: 'push-manifest-index has not run, or a newer commit held the only tag that it was asked for',
  });
}

export function formatImage({ name, tag, digest }: NamedImage): string {
  return `${name}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}
