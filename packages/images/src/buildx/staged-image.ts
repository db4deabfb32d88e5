import { ActionError } from '@eks-gitops/errors';
import type { Repository } from '../reference.ts';
import type { Registry } from '../registry/index.ts';
import { type ExpectedImage, isExpected, type PushedImage, readPushedImage } from './pushed-image.ts';

export interface StagedQuery {
  readonly repository: Repository;
  /** In the order in which they count. */
  readonly tags: readonly string[];
  readonly expected: ExpectedImage;
}

export interface StagedImage {
  readonly tag: string;
  readonly image: PushedImage;
}

/** The first image under one of the tags that is the build that is asked for; undefined when none is. Throws what the registry client throws. */
export async function findStagedImage(
  registry: Registry,
  { repository, tags, expected }: StagedQuery,
): Promise<StagedImage | undefined> {
  const heads = await Promise.all(tags.map(async tag => ({ tag, head: await registry.headManifest({ ...repository, tag }) })));
  for (const { tag, head } of heads) {
    if (head === undefined) continue;
    const image = await readWhole(registry, { ...repository, digest: head.digest });
    if (image !== undefined && isExpected(image, expected)) return { tag, image };
  }
  return undefined;
}

/** Undefined for what is no image, or has lost a part: it has to be built anew. */
async function readWhole(registry: Registry, reference: Parameters<typeof readPushedImage>[1]): Promise<PushedImage | undefined> {
  try {
    return await readPushedImage(registry, reference);
  } catch (thrown) {
    const broken = thrown instanceof ActionError && /^(?:IMAGE_UNEXPECTED|SOURCE_INVALID|REGISTRY_NOT_FOUND)$/.test(thrown.code);
    if (broken) return undefined;
    throw thrown;
  }
}
