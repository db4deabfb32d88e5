import { setTimeout as sleep } from 'node:timers/promises';
import { ActionError } from '@eks-gitops/errors';
import { formatReference, type Repository } from '../reference.ts';
import type { Registry } from '../registry/index.ts';
import type { Commit } from './commit.ts';
import { type Held, readHeld } from './held.ts';
import { type Candidate, judgeMoving } from './judge.ts';

export interface MovingTag {
  readonly tag: string;
  readonly held: Held;
}

/** Where one attempt to move a tag has left it; `unsure` when no answer came. */
export type Move =
  | { readonly kind: 'written' | 'holds' | 'immutable' | 'unsure' }
  | { readonly kind: 'newer'; readonly by: Commit };

/** Where a tag that moves has ended up: on our index, left to a newer commit, or kept by a registry that does not let it move. */
export type Settled = { readonly kind: 'ours' | 'kept' } | { readonly kind: 'newer'; readonly by: Commit };

export interface MoveOptions {
  readonly registry: Registry;
  readonly repository: Repository;
  readonly signal: AbortSignal;
  readonly onNotice: (notice: string) => void;
}

const rounds = 4;
const pause = 1000;

/** Judges what the tag held, and writes it once if it may move. */
export async function startMove({ tag, held }: MovingTag, candidate: Candidate, options: MoveOptions): Promise<Move> {
  const reference = { ...options.repository, tag };
  const verdict = judgeMoving({ name: formatReference(reference), held, candidate });
  if (verdict.kind !== 'write') return verdict;
  if (verdict.notice !== undefined) options.onNotice(verdict.notice);
  try {
    await options.registry.putManifest({ ...candidate.content, reference, tries: 'once' });
    return { kind: 'written' };
  } catch (thrown) {
    if (!(thrown instanceof ActionError)) throw thrown;
    if (thrown.code === 'TAG_IMMUTABLE') return { kind: 'immutable' };
    if (thrown.code === 'REGISTRY_UNREACHABLE') return { kind: 'unsure' };
    throw thrown;
  }
}

/**
 * Reads a tag again after it was written, and writes it again where an older commit has got in between: registries have no
 * compare-and-swap, so between the last reading and the writing of two runs a gap of one round trip remains.
 */
export async function settleMove(moving: MovingTag, first: Move, candidate: Candidate, options: MoveOptions): Promise<Settled> {
  const name = formatReference({ ...options.repository, tag: moving.tag });
  let move = first;
  for (let round = 1; ; round += 1) {
    switch (move.kind) {
      case 'newer':
        return move;
      case 'holds':
        return { kind: 'ours' };
      case 'immutable':
        options.onNotice(`${name} stays where it is: the registry does not let it move.`);
        return { kind: 'kept' };
      case 'unsure':
        await sleep(pause * round, undefined, { signal: options.signal });
    }
    if (round > rounds) throw unsettled(name, candidate);
    const held = readHeld(await options.registry.findManifest({ ...options.repository, tag: moving.tag }));
    move = await startMove({ tag: moving.tag, held }, candidate, options);
  }
}

/** Puts a tag back on what it held before, if it is still on our index: for when the release itself could not be published. */
export async function undoMove(
  { tag, held }: MovingTag,
  candidate: Candidate,
  { registry, repository }: MoveOptions,
): Promise<void> {
  if (held.kind === 'nothing') return;
  const reference = { ...repository, tag };
  const now = await registry.findManifest(reference);
  if (now?.digest === candidate.content.digest) await registry.putManifest({ ...held.content, reference, tries: 'repeated' });
}

function unsettled(name: string, { content }: Candidate): ActionError {
  return new ActionError({
    code: 'REGISTRY_UNREACHABLE',
    message: `${name} could not be moved: it was written ${rounds} times and did not stay.`,
    expected: `the index ${content.digest}`,
    likely: 'other runs keep writing the same tag, or the registry is failing',
    remedy: 'Run this step again: the release tag is published, only this tag is not.',
  });
}
