import { ActionError } from '@eks-gitops/errors';
import { formatReference, type Repository } from '../reference.ts';
import {
  type Descriptor,
  type ImageManifest,
  type ManifestContent,
  parseImageConfig,
  parseManifest,
  type Registry,
} from '../registry/index.ts';
import { type Commit, readCommit, sameCommit } from './commit.ts';
import type { Entry, Source } from './source.ts';
import type { SourceImage } from './verify-sources.ts';

/** An image of a source with its manifest, before its configuration is read. */
export interface ReadImage {
  readonly source: Source;
  readonly descriptor: Descriptor;
  readonly manifest: ImageManifest;
}

/** Reads the manifests of all images of all sources at once, those that were not there already. */
export function readImages(registry: Registry, sources: readonly Source[]): Promise<ReadImage[]> {
  const images = sources.flatMap(source => source.entries.flatMap(entry => (entry.kind === 'image' ? [{ source, entry }] : [])));
  return Promise.all(
    images.map(async ({ source, entry }) => ({
      source,
      descriptor: entry.descriptor,
      manifest: entry.manifest ?? (await readImageManifest(registry, { source, entry })),
    })),
  );
}

/** Reads the configurations of all images at once. */
export function readConfigs(registry: Registry, images: readonly ReadImage[]): Promise<SourceImage[]> {
  return Promise.all(
    images.map(async ({ source, descriptor, manifest }) => {
      const { digest } = manifest.config;
      const bytes = await registry.getBlob({ repository: source.repository, digest });
      const config = parseImageConfig({ bytes, subject: `The configuration ${digest} of ${source.name}` });
      return { source: source.name, stagingTag: source.stagingTag, descriptor, config };
    }),
  );
}

/**
 * The commit that the manifests' annotations tell of, when they all tell the same. Only a hint for what to read early:
 * the labels in the configurations decide.
 */
export function hintedCommit(images: readonly ReadImage[]): Commit | undefined {
  const [first, ...others] = images.map(({ manifest }) => readCommit(manifest.annotations));
  return first !== undefined && others.every(other => other !== undefined && sameCommit(other, first)) ? first : undefined;
}

async function readImageManifest(
  registry: Registry,
  { source, entry }: { source: Source; entry: Entry },
): Promise<ImageManifest> {
  const { digest } = entry.descriptor;
  const content = await readChild(registry, { repository: source.repository, descriptor: entry.descriptor });
  const document = parseManifest({ ...content, subject: `${digest} in ${source.name}` });
  if (document.kind === 'image') return document.manifest;
  throw new ActionError({
    code: 'SOURCE_INVALID',
    message: `${source.name} cannot be joined.`,
    expected: 'an index of image manifests',
    found: `${content.mediaType || 'a manifest without a media type'} in it: ${digest}`,
  });
}

/** Reads a manifest that an index lists. Throws DIGEST_MISMATCH where the index tells another size. */
export async function readChild(
  registry: Registry,
  { repository, descriptor }: { repository: Repository; descriptor: Descriptor },
): Promise<ManifestContent> {
  const reference = { ...repository, digest: descriptor.digest };
  const content = await registry.getManifest(reference);
  if (content.bytes.length === descriptor.size) return content;
  throw new ActionError({
    code: 'DIGEST_MISMATCH',
    message: `${formatReference(reference)} has another size than the index says.`,
    expected: `${descriptor.size} bytes`,
    found: `${content.bytes.length} bytes`,
  });
}
