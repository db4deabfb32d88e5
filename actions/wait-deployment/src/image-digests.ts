import { toActionError } from '@eks-gitops/errors';
import { type Digest, formatPlatform, isDigest, normalizePlatform, parseRepository, type Repository } from '@eks-gitops/images';
import { type ManifestDocument, parseImageConfig, parseManifest, type Registry } from '@eks-gitops/images/registry';

/** Digests of configurations by platform: what an image is, however its manifests are put together. */
type Configs = ReadonlyMap<string, string>;

interface Held {
  readonly configs: Configs;
  /** All digests by which a container that runs it may report it. */
  readonly digests: ReadonlySet<string>;
}

export interface ImageDigests {
  /** The digest that a tag names now. Throws as the registry does. */
  readonly resolve: (tag: string) => Promise<Digest>;
  /**
   * Whether a digest is the image of `own` all the same: `own` itself, a manifest of it, a manifest's configuration, or another
   * manifest or index that has the same configuration for every platform that both hold. Throws as the registry does.
   */
  readonly isSame: (own: Digest, digest: string) => Promise<boolean>;
}

/** Compares digests of one repository in its registry, which is asked only when two differ. */
export function openImageDigests(open: (host: string) => Registry, name: string): ImageDigests {
  const repository = parseRepository(name);
  const registry = (): Registry => open(repository.registry);
  const held = new Map<Digest, Promise<Held | undefined>>();
  const readOnce = (digest: Digest): Promise<Held | undefined> => {
    const known = held.get(digest) ?? readHeld(registry(), repository, digest);
    held.set(digest, known);
    return known;
  };
  const isSame = async (own: Digest, digest: string): Promise<boolean> => {
    if (own === digest) return true;
    if (!isDigest(digest)) return false;
    const ours = await readOnce(own);
    if (ours === undefined) return false;
    if (ours.digests.has(digest)) return true;
    const theirs = await readOnce(digest);
    return theirs !== undefined && haveSameConfigs(ours.configs, theirs.configs);
  };
  const resolve = async (tag: string): Promise<Digest> => (await registry().getManifest({ ...repository, tag })).digest;
  return { resolve, isSame };
}

/** Whether two images have a platform in common, and the same configuration for each that they have in common. */
export function haveSameConfigs(a: Configs, b: Configs): boolean {
  const shared = [...a.keys()].filter(platform => b.has(platform));
  return shared.length > 0 && shared.every(platform => a.get(platform) === b.get(platform));
}

/** Undefined where the registry holds no manifest of that digest, or one of something else than images. */
async function readHeld(registry: Registry, repository: Repository, digest: Digest): Promise<Held | undefined> {
  const document = await readManifest(registry, repository, digest);
  if (document === undefined || document.kind === 'other') return undefined;
  const children = document.kind === 'image' ? [digest] : document.index.manifests.filter(isImage).map(child => child.digest);
  const images = await Promise.all(children.map(child => readImage(registry, repository, child)));
  const found = images.filter(image => image !== undefined);
  return {
    configs: new Map(found.map(({ platform, config }) => [platform, config])),
    digests: new Set([digest, ...children, ...found.map(({ config }) => config)]),
  };
}

/** Attestations stand in an index under a platform that there is not. */
function isImage({ platform }: { readonly platform?: { readonly os: string } | undefined }): boolean {
  return platform?.os !== 'unknown';
}

async function readImage(
  registry: Registry,
  repository: Repository,
  digest: Digest,
): Promise<{ platform: string; config: string } | undefined> {
  const document = await readManifest(registry, repository, digest);
  if (document?.kind !== 'image') return undefined;
  const { digest: config } = document.manifest.config;
  const bytes = await registry.getBlob({ repository, digest: config });
  const { os, architecture, variant } = parseImageConfig({ bytes, subject: `The configuration ${config}` });
  return {
    platform: formatPlatform(normalizePlatform({ os, architecture, ...(variant === undefined ? {} : { variant }) })),
    config,
  };
}

async function readManifest(registry: Registry, repository: Repository, digest: Digest): Promise<ManifestDocument | undefined> {
  try {
    const content = await registry.getManifest({ ...repository, digest });
    return parseManifest({ ...content, subject: `The manifest ${digest}` });
  } catch (thrown) {
    if (toActionError(thrown).code === 'REGISTRY_NOT_FOUND') return undefined;
    throw thrown;
  }
}
