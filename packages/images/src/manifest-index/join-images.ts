import type { Platform } from '../platform.ts';
import type { Repository } from '../reference.ts';
import { type Descriptor, type ManifestContent, parseManifest, type Registry } from '../registry/index.ts';
import { assembleIndex } from './assemble-index.ts';
import { type Commit, sameCommit } from './commit.ts';
import { copyImages } from './copy-images.ts';
import { type BuildClaim, findSources, type SourceSelection } from './find-sources.ts';
import { platformsOf } from './held.ts';
import type { OnExistingTag } from './judge.ts';
import { type Publication, planTags, publishIndex, readTags } from './publish-index.ts';
import { hintedCommit, readConfigs, readImages } from './read-images.ts';
import { isAttestation, type Source } from './source.ts';
import { expandTags, type TagFacts } from './tag-template.ts';
import { configPlatform, type SourceImage, type VerifiedImage, verifySources } from './verify-sources.ts';

export interface JoinRequest {
  readonly registry: Registry;
  /** Where the index goes. */
  readonly repository: Repository;
  readonly platforms: readonly Platform[];
  readonly selection: SourceSelection;
  /** What the images' commit has to be; when absent, only that they agree is checked. */
  readonly revision?: string | undefined;
  readonly commitTime?: Date | undefined;
  /** Templates, see `expandTags`. */
  readonly tags: readonly string[];
  readonly tagTime: TagFacts['tagTime'];
  readonly runTime: Date;
  readonly onExistingTag: OnExistingTag;
  readonly annotations: Readonly<Record<string, string>>;
  /** Only reads: nothing is copied or written. */
  readonly dryRun: boolean;
  readonly now: Date;
  readonly signal: AbortSignal;
  readonly onNotice: (notice: string) => void;
}

export interface JoinResult extends Publication {
  readonly commit: Commit;
  /** Sorted. */
  readonly platforms: readonly string[];
  /** The images that the index holds, with the staging tags of those that were joined just now. */
  readonly builds: readonly BuildClaim[];
}

/**
 * Joins images of one commit in one index and publishes it. Everything that does not depend on each other is asked at once: sources,
 * then their images, then configurations beside the tags' present state, then all writes, then the moved tags again: five steps after
 * authentication. The tags are read early where the manifests' annotations tell the commit; else there is a sixth step.
 */
export async function joinImages(request: JoinRequest): Promise<JoinResult> {
  const { registry, repository, dryRun } = request;
  const sources = await findSources(request);
  const images = await readImages(registry, sources);
  const hint = hintedCommit(images);
  const [configured, early] = await Promise.all([
    readConfigs(registry, images),
    hint === undefined ? undefined : readTags(request, tagsOf(request, hint)),
  ]);
  const { commit, images: verified } = verifySources(configured, request);
  const tags = tagsOf(request, commit);
  const held = early !== undefined && hint !== undefined && sameCommit(hint, commit) ? early : await readTags(request, tags);

  const content = assembleIndex({ descriptors: descriptorsOf(sources, configured), commit, annotations: request.annotations });
  const platforms = verified.map(({ platform }) => platform).sort();
  const plan = planTags(held, { content, commit, platforms }, request);
  if (!plan.adopted && !dryRun) await copyImages({ registry, sources, to: repository });
  const publication = dryRun ? unpublished(plan, tags) : await publishIndex(plan, request);
  return { ...publication, commit, platforms, builds: buildsOf(publication.content, verified) };
}

function tagsOf({ tags, tagTime, runTime }: JoinRequest, commit: Commit): string[] {
  return expandTags(tags, { commit, tagTime, runTime });
}

/** All descriptors of the sources as they are; one without a platform gets that of its image's configuration. */
function descriptorsOf(sources: readonly Source[], images: readonly SourceImage[]): Descriptor[] {
  const platforms = new Map(images.map(({ descriptor, config }) => [descriptor.digest, configPlatform(config)]));
  return sources.flatMap(({ entries }) =>
    entries.map(({ descriptor }) => ({ ...descriptor, platform: descriptor.platform ?? platforms.get(descriptor.digest) })),
  );
}

/** What would be published. */
function unpublished({ candidate, adopted }: ReturnType<typeof planTags>, tags: readonly string[]): Publication {
  return { content: candidate.content, adopted, tags, superseded: false };
}

function buildsOf({ mediaType, digest, bytes }: ManifestContent, verified: readonly VerifiedImage[]): BuildClaim[] {
  const document = parseManifest({ mediaType, bytes, subject: digest });
  const descriptors = document.kind === 'index' ? document.index.manifests.filter(one => !isAttestation(one)) : [];
  return descriptors.map(descriptor => ({
    platform: platformsOf([descriptor]).join(),
    digest: descriptor.digest,
    stagingTag: verified.find(image => image.digest === descriptor.digest)?.stagingTag ?? '',
  }));
}
