import { ActionError } from '@eks-gitops/errors';
import { commitTimeLabel, inputsLabel, revisionLabel } from '../labels.ts';
import { readEntries } from '../manifest-index/source.ts';
import { formatPlatform, type Platform, samePlatform } from '../platform.ts';
import { type Digest, formatReference, type Reference, type Repository } from '../reference.ts';
import { type ImageManifest, type ManifestContent, parseImageConfig, parseManifest, type Registry } from '../registry/index.ts';

/** An image as the registry holds it. */
export interface PushedImage {
  /** The image's manifest, or the index around it and its attestations. */
  readonly content: ManifestContent;
  /** Of the image's own manifest. */
  readonly digest: Digest;
  readonly platform: Platform;
  readonly labels: Readonly<Record<string, string>>;
}

/** What a build was to give: its platform, and what its labels say of commit and inputs. */
export interface ExpectedImage {
  readonly platform: Platform;
  readonly revision: string;
  readonly commitTime: string;
  readonly inputs: string;
}

/** Our own labels: by them the index job, and a later try, know an image. */
export function labelsOf({ revision, commitTime, inputs }: Omit<ExpectedImage, 'platform'>): Record<string, string> {
  return { [revisionLabel]: revision, [commitTimeLabel]: commitTime, [inputsLabel]: inputs };
}

/** Reads an image with its configuration. Throws IMAGE_UNEXPECTED when there is not exactly one, and what the registry client throws. */
export async function readPushedImage(registry: Registry, reference: Reference): Promise<PushedImage> {
  const name = formatReference(reference);
  const content = await registry.getManifest(reference);
  const images = readEntries({ name, content }).flatMap(entry => (entry.kind === 'image' ? [entry] : []));
  const [image] = images;
  if (image === undefined || images.length > 1) throw unexpected(name, 'one image', `${images.length} images`);
  const repository = { registry: reference.registry, path: reference.path };
  const { digest } = image.descriptor;
  const manifest = image.manifest ?? (await readManifest(registry, { repository, digest }));
  const bytes = await registry.getBlob({ repository, digest: manifest.config.digest });
  const { os, architecture, variant, config } = parseImageConfig({ bytes, subject: `The configuration of ${name}` });
  const platform = variant === undefined ? { os, architecture } : { os, architecture, variant };
  return { content, digest, platform, labels: config?.Labels ?? {} };
}

/** Whether platform, commit and inputs of an image are those of a build. */
export function isExpected(image: PushedImage, expected: ExpectedImage): boolean {
  return differences(image, expected) === undefined;
}

/** Throws IMAGE_UNEXPECTED when the image read back is not the one that was asked for. */
export function verifyPushedImage(image: PushedImage, expected: ExpectedImage, name: string): void {
  const wrong = differences(image, expected);
  if (wrong === undefined) return;
  throw unexpected(name, wrong.expected, wrong.found);
}

export interface StageRequest {
  readonly repository: Repository;
  readonly tag: string;
  readonly image: PushedImage;
  readonly expected: ExpectedImage;
  readonly onNotice: (notice: string) => void;
}

/**
 * Puts the staging tag on an image. Where the registry does not let the tag be moved, what it holds is taken instead, when it is the same
 * build: an earlier try of this very job pushed it. Throws TAG_CONFLICT for anything else under the tag.
 */
export async function stageImage(registry: Registry, request: StageRequest): Promise<PushedImage> {
  const { repository, tag, image, expected, onNotice } = request;
  const reference = { ...repository, tag };
  const { mediaType, bytes } = image.content;
  try {
    await registry.putManifest({ reference, mediaType, bytes, tries: 'repeated' });
    return image;
  } catch (thrown) {
    if (!(thrown instanceof ActionError) || thrown.code !== 'TAG_IMMUTABLE') throw thrown;
    const held = await readPushedImage(registry, reference);
    const wrong = differences(held, expected);
    if (wrong !== undefined) throw conflict(formatReference(reference), wrong, thrown);
    onNotice(`${tag} cannot be moved and holds the same build already: it is adopted.`);
    return held;
  }
}

interface Difference {
  readonly expected: string;
  readonly found: string;
}

function differences(image: PushedImage, expected: ExpectedImage): Difference | undefined {
  if (!samePlatform(image.platform, expected.platform)) {
    return { expected: formatPlatform(expected.platform), found: formatPlatform(image.platform) };
  }
  const wrong = Object.entries(labelsOf(expected)).find(([label, value]) => image.labels[label] !== value);
  if (wrong === undefined) return undefined;
  const [label, value] = wrong;
  return {
    expected: `${label}=${value}`,
    found: image.labels[label] === undefined ? `no ${label}` : `${label}=${image.labels[label]}`,
  };
}

async function readManifest(
  registry: Registry,
  { repository, digest }: { readonly repository: Repository; readonly digest: Digest },
): Promise<ImageManifest> {
  const reference = { ...repository, digest };
  const { mediaType, bytes } = await registry.getManifest(reference);
  const document = parseManifest({ mediaType, bytes, subject: formatReference(reference) });
  if (document.kind === 'image') return document.manifest;
  throw unexpected(formatReference(reference), 'an image manifest', mediaType);
}

function unexpected(name: string, expected: string, found: string): ActionError {
  return new ActionError({
    code: 'IMAGE_UNEXPECTED',
    message: `What ${name} holds is not what was built.`,
    expected,
    found,
    likely:
      'a frontend of its own (# syntax=… in the Dockerfile) passes over platform or labels, or somebody else wrote to the repository',
  });
}

function conflict(name: string, { expected, found }: Difference, cause: unknown): ActionError {
  return new ActionError({
    code: 'TAG_CONFLICT',
    message: `${name} cannot be moved, and holds another build.`,
    expected,
    found,
    likely: 'another build of this run has the same scope, or the run was started again with other inputs and the same attempt',
    remedy: 'give builds that differ only in build-args a scope of their own, or a higher attempt',
    cause,
  });
}
