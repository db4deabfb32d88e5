import type { ReleaseRecord } from '@eks-gitops/action';
import { ActionError } from '@eks-gitops/errors';
import { formatPolicyName, type PolicyName, parsePolicyName } from '@eks-gitops/gitops';
import { isDigest, parseReference } from '@eks-gitops/images';

/** An image by its tag, with its digest where that is known. */
export interface TaggedImage {
  /** Repository with host, as it is written into manifests. */
  readonly name: string;
  readonly tag: string;
  readonly digest?: string;
}

/** A policy as the user named it, with the image that is its own, if any. */
export interface GivenTarget {
  readonly policy: PolicyName;
  readonly image?: TaggedImage;
}

/** What is to be written at the markers of one policy. */
export interface Target {
  readonly policy: PolicyName;
  readonly image: TaggedImage;
  /** It is a newer one than was asked for, which stands elsewhere already. */
  readonly isAhead?: boolean;
}

/** Reads `namespace:name`, `namespace/name`, or a name in flux-system, with `=repository:tag` behind it or without. */
export function parseTarget(item: string): GivenTarget {
  const at = item.indexOf('=');
  const policy = parsePolicyName(at < 0 ? item : item.slice(0, at));
  return at < 0 ? { policy } : { policy, image: parseImage(item.slice(at + 1)) };
}

/** Reads `repository:tag` or `repository:tag@sha256:…`, and keeps the repository as it was written. */
export function parseImage(text: string): TaggedImage {
  const [tagged = '', digest, ...more] = text.trim().split('@');
  if (more.length > 0 || (digest !== undefined && !isDigest(digest)))
    throw new Error(`"${text}" has no digest of the form sha256:<64 hex digits>`);
  const reference = parseReference(tagged);
  if (!('tag' in reference)) throw new Error(`"${text}" has no tag`);
  const name = tagged.slice(0, -reference.tag.length - 1);
  return digest === undefined ? { name, tag: reference.tag } : { name, tag: reference.tag, digest };
}

export function formatImage({ name, tag, digest }: TaggedImage): string {
  return `${name}:${tag}${digest === undefined ? '' : `@${digest}`}`;
}

export interface TargetInputs {
  readonly policy: readonly GivenTarget[];
  readonly image: TaggedImage | undefined;
  readonly record: ReleaseRecord | undefined;
}

/**
 * The image of each policy: its own, else the input `image`, else the index of the record.
 * Throws INPUT_MISSING when there is none, INPUT_INVALID for a policy that is named twice, RECORD_MISMATCH.
 */
export function resolveTargets({ policy: given, image, record }: TargetInputs): readonly Target[] {
  const recorded = record === undefined ? undefined : recordedImage(record);
  if (image !== undefined && recorded !== undefined) verifySame(image, recorded);
  const shared = image === undefined ? recorded : { ...recorded, ...image };
  const names = given.map(({ policy }) => formatPolicyName(policy));
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) {
    throw new ActionError({
      code: 'INPUT_INVALID',
      message: `The policy ${twice} is named twice.`,
      expected: 'each policy once',
    });
  }
  return given.map(({ policy, image: own = shared }) => {
    if (own === undefined) throw noImage(policy, record);
    return { policy, image: own };
  });
}

function recordedImage({ image, index }: ReleaseRecord): TaggedImage | undefined {
  return index === undefined ? undefined : { name: image, tag: index.tag, digest: index.digest };
}

/** Whether an image is the index of a record. */
export function isRecorded({ name, tag }: TaggedImage, { image, index }: ReleaseRecord): boolean {
  return name === image && tag === index?.tag;
}

function verifySame(given: TaggedImage, recorded: TaggedImage): void {
  const digest = given.digest ?? recorded.digest;
  if (given.name === recorded.name && given.tag === recorded.tag && digest === recorded.digest) return;
  throw new ActionError({
    code: 'RECORD_MISMATCH',
    message: 'The release record is of another image than the input image.',
    expected: formatImage(given),
    found: formatImage(recorded),
    likely: 'a record of another release was handed on',
    remedy: 'give one of the two',
  });
}

function noImage(policy: PolicyName, record: ReleaseRecord | undefined): ActionError {
  return new ActionError({
    code: 'INPUT_MISSING',
    message: `There is no image for the policy ${formatPolicyName(policy)}.`,
    expected: 'image, or policy as NAMESPACE:NAME=REPOSITORY:TAG, or a record with a published index',
    found: record === undefined ? 'none of them' : 'a record without an index',
    likely:
      record === undefined
        ? 'the file of --record does not exist or is empty, or the expression that gives the image is'
        : 'push-manifest-index has not run, or a newer commit held the only tag that it was asked for',
  });
}
