import type { Digest } from '../reference.ts';
import { type Descriptor, digestOf, type ManifestContent, mediaTypes } from '../registry/index.ts';
import { type Commit, commitAnnotations } from './commit.ts';

export interface IndexParts {
  /** Images and attestations, in the order that the index lists them. */
  readonly descriptors: readonly Descriptor[];
  readonly commit: Commit;
  /** Further annotations; those that tell the commit cannot be overridden. */
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * Writes an OCI image index (OCI image specification, "Image Index"). Equal parts give equal bytes: fields in the order of the
 * specification's Go types, annotations by name, two spaces of indent, as `docker buildx imagetools create` writes it.
 * A descriptor that comes twice is listed once, with the annotations of both.
 */
export function assembleIndex({ descriptors, commit, annotations }: IndexParts): ManifestContent {
  const index = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociIndex,
    manifests: mergeByDigest(descriptors).map(toFields),
    annotations: byName({ ...annotations, ...commitAnnotations(commit) }),
  };
  const bytes = Buffer.from(JSON.stringify(index, undefined, 2));
  return { mediaType: mediaTypes.ociIndex, digest: digestOf(bytes), bytes };
}

function mergeByDigest(descriptors: readonly Descriptor[]): Descriptor[] {
  const merged = new Map<Digest, Descriptor>();
  for (const descriptor of descriptors) {
    const { platform, annotations, ...first } = merged.get(descriptor.digest) ?? descriptor;
    merged.set(descriptor.digest, {
      ...first,
      platform: descriptor.platform ?? platform,
      annotations: { ...annotations, ...descriptor.annotations },
    });
  }
  return [...merged.values()];
}

function toFields({ mediaType, digest, size, urls, annotations, data, platform, artifactType }: Descriptor): Descriptor {
  const named = annotations === undefined || Object.keys(annotations).length === 0 ? undefined : byName(annotations);
  return {
    mediaType,
    digest,
    size,
    urls,
    annotations: named,
    data,
    platform: platform && platformFields(platform),
    artifactType,
  };
}

function platformFields(platform: NonNullable<Descriptor['platform']>): NonNullable<Descriptor['platform']> {
  const { architecture, os, variant, 'os.version': version, 'os.features': features } = platform;
  return { architecture, os, 'os.version': version, 'os.features': features, variant };
}

function byName(annotations: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(annotations).sort(([a], [b]) => (a < b ? -1 : 1)));
}
