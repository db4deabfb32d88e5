import { formatReference, type Repository } from '../reference.ts';
import { type CacheSlot, cacheTag } from '../tag.ts';

/** Where layers are kept between machines: beside the image in its repository, in GitHub's cache service, or nowhere. */
type CacheKind = 'registry' | 'gha' | 'none';

export interface CacheRequest extends CacheSlot {
  readonly kind: CacheKind;
  readonly repository: Repository;
  /** False reads alone. */
  readonly write: boolean;
}

/** In the item syntax of buildx's `--cache-from` and `--cache-to`. */
export interface CacheItems {
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/**
 * The caches that a build reads, its own branch's before the default branch's, and the one that it writes: its own branch's.
 * Layers of all stages are kept (`mode=max`), and a cache that cannot be written fails no build. Amazon ECR takes a cache as an image manifest
 * of OCI media types only (BuildKit documentation, "Registry cache storage backend"). GitHub keeps the branches of `gha` apart by itself, and
 * lets each read the default one's ("Restrictions for accessing a cache"); its names are shared by all images of a repository.
 */
export function cacheItems({ kind, repository, write, ...slot }: CacheRequest): CacheItems {
  switch (kind) {
    case 'none':
      return { from: [], to: [] };
    case 'gha': {
      const scope = `type=gha,scope=${cacheTag({ ...slot, branch: undefined })}`;
      return { from: [scope], to: write ? [`${scope},mode=max,ignore-error=true`] : [] };
    }
    case 'registry': {
      const at = (branch: string | undefined) =>
        `type=registry,ref=${formatReference({ ...repository, tag: cacheTag({ ...slot, branch }) })}`;
      const own = at(slot.branch);
      return {
        from: slot.branch === undefined ? [own] : [own, at(undefined)],
        to: write ? [`${own},mode=max,image-manifest=true,oci-mediatypes=true,ignore-error=true`] : [],
      };
    }
  }
}
