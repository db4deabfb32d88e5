import type { ReleaseRecord } from '@eks-gitops/action';
import type { FluxKind, FluxName, Goal, NamedImage } from '@eks-gitops/cluster/flux';
import { ActionError } from '@eks-gitops/errors';
import { isDigest, parseReference } from '@eks-gitops/images';

/** An object as the user named it. */
export interface GivenName {
  readonly namespace: string | undefined;
  readonly name: string;
}

/** Reads `name`, `namespace/name` or `namespace:name`, as DNS-1123 has them. */
export function parseFluxObject(given: string): GivenName {
  const [, namespace, name = ''] = /^(?:([a-z0-9][a-z0-9.-]*)[/:])?([a-z0-9][a-z0-9.-]*)$/.exec(given) ?? [];
  if (name === '') throw new Error(`"${given}" names no object of Flux`);
  return { namespace, name };
}

export function fluxNames(kind: FluxKind, given: readonly GivenName[], home: string): readonly FluxName[] {
  return given.map(({ namespace = home, name }) => ({ kind, namespace, name }));
}

/** A commit or a digest that has to be applied. */
export type GoalRevision = Exclude<Goal, { kind: 'any' }>;

export function parseGoalRevision(given: string): GoalRevision {
  const text = given.trim();
  if (isDigest(text)) return { kind: 'digest', digest: text };
  const [, commit = ''] = /^(?:.*@sha1:)?([0-9a-f]{40}|[0-9a-f]{64})$/.exec(text) ?? [];
  if (commit === '') throw new Error(`"${given}" is neither a full commit id nor a digest`);
  return { kind: 'commit', commit };
}

export type TaggedImage = NamedImage & { readonly tag: string };

/** Reads `repository:tag`, with a digest or without, and keeps the repository as it was written. */
export function parseNamedImage(given: string): TaggedImage {
  const [tagged = '', digest, ...more] = given.trim().split('@');
  if (more.length > 0 || (digest !== undefined && !isDigest(digest)))
    throw new Error(`"${given}" has no digest of the form sha256:<64 hex digits>`);
  const reference = parseReference(tagged);
  if (!('tag' in reference)) throw new Error(`"${given}" has no tag`);
  return { name: tagged.slice(0, -reference.tag.length - 1), tag: reference.tag, digest };
}

export interface TargetInputs {
  readonly record: ReleaseRecord | undefined;
  readonly image: TaggedImage | undefined;
  readonly revision: GoalRevision | undefined;
}

export interface Target {
  readonly goal: Goal;
  readonly image: TaggedImage | undefined;
}

/** What has to be applied, by the inputs and else the record. Throws RECORD_MISMATCH where they speak of different images or commits. */
export function resolveTarget({ record, image, revision }: TargetInputs): Target {
  const recorded = record?.index === undefined ? undefined : { name: record.image, ...record.index };
  if (image !== undefined && recorded !== undefined && (image.name !== recorded.name || image.tag !== recorded.tag)) {
    throw mismatch('image', `${image.name}:${image.tag}`, `${recorded.name}:${recorded.tag}`);
  }
  const commit = record?.gitops?.commit;
  if (revision?.kind === 'commit' && commit !== undefined && revision.commit !== commit) {
    throw mismatch('GitOps commit', revision.commit, commit);
  }
  const goal = revision ?? (commit === undefined ? ({ kind: 'any' } as const) : ({ kind: 'commit', commit } as const));
  const meant = image ?? recorded;
  return { goal, image: meant && { name: meant.name, tag: meant.tag, digest: image?.digest ?? recorded?.digest } };
}

function mismatch(what: string, expected: string, found: string): ActionError {
  return new ActionError({
    code: 'RECORD_MISMATCH',
    message: `The release record is of another ${what} than the input.`,
    expected,
    found,
    likely: 'a record of another release was handed on',
    remedy: 'give one of the two',
  });
}
