import { ActionError } from '@eks-gitops/errors';
import { formatPlatform, type Platform } from '../platform.ts';
import { type Digest, formatReference, formatRepository, type Reference, type Repository } from '../reference.ts';
import type { ManifestContent, Registry } from '../registry/index.ts';
import { stagingTags } from '../tag.ts';
import { narrowEntries, readEntries, type Source } from './source.ts';

/** Where the images come from. */
export type SourceSelection =
  /** What this run's builds have staged in the image's own repository; the newest attempt up to the own one counts. */
  | { readonly kind: 'staged'; readonly runId: string; readonly scope: string; readonly attempt: number }
  /** Named ones, in any repository. */
  | { readonly kind: 'references'; readonly references: readonly Reference[] }
  /** Those that a release record claims, in the image's own repository. */
  | { readonly kind: 'builds'; readonly builds: readonly BuildClaim[] };

/** A build as a release record claims it; `stagingTag` is empty when it was pushed by digest alone. */
export interface BuildClaim {
  readonly platform: string;
  readonly digest: Digest;
  readonly stagingTag: string;
}

export interface SourceQuery {
  readonly registry: Registry;
  readonly repository: Repository;
  readonly platforms: readonly Platform[];
  readonly selection: SourceSelection;
}

/** Reads the sources' manifests, all at once. Throws SOURCE_MISSING, SOURCE_INVALID and what the registry throws. */
export function findSources({ registry, repository, platforms, selection }: SourceQuery): Promise<Source[]> {
  switch (selection.kind) {
    case 'staged':
      return findAllStaged(registry, { ...selection, repository, platforms });
    case 'references':
      return Promise.all(selection.references.map(reference => readReference(registry, reference)));
    case 'builds':
      return Promise.all(selection.builds.map(build => readBuild(registry, { repository, build })));
  }
}

interface StagedQuery {
  readonly repository: Repository;
  readonly platforms: readonly Platform[];
  readonly runId: string;
  readonly scope: string;
  readonly attempt: number;
}

async function findAllStaged(
  registry: Registry,
  { repository, platforms, runId, scope, attempt }: StagedQuery,
): Promise<Source[]> {
  const found = await Promise.all(
    platforms.map(async platform => {
      const tags = stagingTags({ runId, scope, attempt, platform });
      return { platform, tags, source: await findNewest(registry, { repository, tags }) };
    }),
  );
  const missing = found.filter(({ source }) => source === undefined);
  if (missing.length > 0) throw notStaged(repository, missing);
  return found.flatMap(({ source }) => source ?? []);
}

/** Asks for all the tags at once; the first in their order that exists counts. Throws REGISTRY_NOT_FOUND for a missing repository. */
async function findNewest(
  registry: Registry,
  { repository, tags }: { repository: Repository; tags: readonly string[] },
): Promise<Source | undefined> {
  const contents = await Promise.all(
    tags.map(tag => registry.findManifest({ ...repository, tag }, { missingRepository: 'error' })),
  );
  const newest = contents.findIndex(content => content !== undefined);
  const [content, tag] = [contents[newest], tags[newest]];
  if (content === undefined || tag === undefined) return undefined;
  return toSource({ reference: { ...repository, tag }, content, stagingTag: tag });
}

async function readReference(registry: Registry, reference: Reference): Promise<Source> {
  return toSource({ reference, content: await registry.getManifest(reference), stagingTag: '' });
}

/** The image by its digest; the staging tag is only asked for the attestations that belong to that very digest. */
async function readBuild(
  registry: Registry,
  { repository, build }: { repository: Repository; build: BuildClaim },
): Promise<Source> {
  const reference = { ...repository, digest: build.digest };
  const [content, staged] = await Promise.all([
    registry.getManifest(reference),
    build.stagingTag === '' ? undefined : registry.findManifest({ ...repository, tag: build.stagingTag }),
  ]);
  const image = toSource({ reference, content, stagingTag: build.stagingTag });
  const beside = staged && narrowEntries(readEntries({ name: formatReference(reference), content: staged }), build.digest);
  return beside === undefined ? image : { ...image, entries: beside };
}

interface FoundContent {
  readonly reference: Reference;
  readonly content: ManifestContent;
  readonly stagingTag: string;
}

function toSource({ reference, content, stagingTag: tag }: FoundContent): Source {
  const name = formatReference(reference);
  const { registry, path } = reference;
  return { name, repository: { registry, path }, stagingTag: tag, entries: readEntries({ name, content }) };
}

function notStaged(repository: Repository, missing: readonly { platform: Platform; tags: readonly string[] }[]): ActionError {
  const wanted = missing.map(({ platform }) => formatPlatform(platform)).join(', ');
  return new ActionError({
    code: 'SOURCE_MISSING',
    message: `No image for ${wanted} was staged by this run in ${formatRepository(repository)}.`,
    expected: `one of the tags ${missing.flatMap(({ tags }) => tags).join(', ')}`,
    found: 'none of them',
    likely: 'the build job failed or was skipped, or it had another image, scope, context, file, target or run-id',
    remedy: 'Give both jobs the same inputs, or name the images by sources.',
  });
}
