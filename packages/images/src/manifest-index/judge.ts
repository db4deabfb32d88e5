import { ActionError } from '@eks-gitops/errors';
import type { ManifestContent } from '../registry/index.ts';
import type { Commit } from './commit.ts';
import { describeHeld, type Held } from './held.ts';

/** What to do when a release tag exists already. */
export type OnExistingTag = 'adopt' | 'replace' | 'fail';

/** The index that is to be published. */
export interface Candidate {
  readonly content: ManifestContent;
  readonly commit: Commit;
  /** Sorted, as formatPlatform writes them. */
  readonly platforms: readonly string[];
}

export type FixedVerdict =
  | { readonly kind: 'write'; readonly notice?: string }
  | { readonly kind: 'adopt'; readonly content: ManifestContent };

/**
 * Decides about a release tag. Adopted is only an index of the same revision and the same platforms.
 * Throws TAG_CONFLICT when the tag holds anything else, TAG_EXISTS when it exists and is not to.
 */
export function judgeFixed({ name, held, candidate, onExistingTag }: FixedQuestion): FixedVerdict {
  if (held.kind === 'nothing') return { kind: 'write' };
  const facts = { expected: 'no such tag yet', found: describeHeld(held) };
  switch (onExistingTag) {
    case 'replace':
      if (held.content.digest === candidate.content.digest) return { kind: 'adopt', content: held.content };
      return { kind: 'write', notice: `${name} held ${describeHeld(held)}; it is replaced, as asked.` };
    case 'fail':
      throw new ActionError({ code: 'TAG_EXISTS', message: `${name} exists already.`, ...facts });
    case 'adopt':
      if (isSameRelease(held, candidate)) return { kind: 'adopt', content: held.content };
      throw new ActionError({
        code: 'TAG_CONFLICT',
        message: `${name} already holds something else.`,
        expected: `nothing, or an index of ${candidate.platforms.join(', ')} of commit ${candidate.commit.revision}`,
        found: describeHeld(held),
        likely: 'another tool or an older workflow writes the same tag, or the platforms of this workflow have changed',
        remedy: 'Remove the tag, or set on-existing-tag to replace.',
      });
  }
}

export interface FixedQuestion {
  /** The tag with its repository, for errors. */
  readonly name: string;
  readonly held: Held;
  readonly candidate: Candidate;
  readonly onExistingTag: OnExistingTag;
}

export type MovingVerdict =
  | { readonly kind: 'holds' }
  | { readonly kind: 'newer'; readonly by: Commit }
  | { readonly kind: 'write'; readonly notice?: string };

/** Decides about a tag that moves, such as `latest`: forward in commit time only; what tells no commit is replaced with a notice. */
export function judgeMoving({ name, held, candidate }: Omit<FixedQuestion, 'onExistingTag'>): MovingVerdict {
  if (held.kind === 'nothing') return { kind: 'write' };
  if (held.content.digest === candidate.content.digest) return { kind: 'holds' };
  if (held.commit === undefined) {
    return { kind: 'write', notice: `${name} held ${describeHeld(held)}, which does not say its commit time; it is replaced.` };
  }
  return held.commit.time > candidate.commit.time ? { kind: 'newer', by: held.commit } : { kind: 'write' };
}

type HeldIndex = Extract<Held, { kind: 'index' }>;

function isSameRelease(held: Held, { commit, platforms }: Candidate): held is HeldIndex {
  return held.kind === 'index' && held.commit?.revision === commit.revision && held.platforms.join() === platforms.join();
}
