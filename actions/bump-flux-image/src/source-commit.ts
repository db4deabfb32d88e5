import type { ReleaseRecord } from '@eks-gitops/action';
import { ActionError } from '@eks-gitops/errors';
import { releaseTagForm } from '@eks-gitops/images';
import { isRecorded, type Target } from './target.ts';

export interface SourceQuestion {
  readonly targets: readonly Target[];
  readonly record: ReleaseRecord | undefined;
  /** The input `revision`. */
  readonly given: string | undefined;
  /** What the CI says that it builds; it may be another commit than the image's. */
  readonly ci: string | undefined;
}

/**
 * The commit that the images were built from, as far as it is sure: the given one, else that of the record whose image is written, else
 * the CI's where no tag speaks against it. Throws RECORD_MISMATCH and COMMIT_MISMATCH for a given one that is contradicted.
 */
export function sourceCommit({ targets, record, given, ci }: SourceQuestion): string | undefined {
  const recorded = record !== undefined && targets.some(({ image }) => isRecorded(image, record)) ? record.revision : undefined;
  if (given !== undefined && recorded !== undefined && given !== recorded) {
    throw new ActionError({
      code: 'RECORD_MISMATCH',
      message: 'The release record is of another revision than the input revision.',
      expected: given,
      found: recorded,
      remedy: 'give one of the two',
    });
  }
  const told = targets.flatMap(({ image: { tag } }) => (releaseTagForm.test(tag) ? [tag.slice(-8)] : []));
  const contradicted = (commit: string): boolean => told.some(sha8 => !commit.startsWith(sha8));
  if (given !== undefined && contradicted(given)) {
    throw new ActionError({
      code: 'COMMIT_MISMATCH',
      message: 'The tag of the image speaks of another commit than the input revision.',
      expected: given,
      found: told.join(', '),
      remedy: 'leave revision out, or give the commit that the image was built from',
    });
  }
  const known = given ?? recorded;
  if (known !== undefined) return known;
  return ci === undefined || contradicted(ci) ? undefined : ci;
}
