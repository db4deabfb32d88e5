import { ActionError, toActionError } from '@eks-gitops/errors';
import { formatReference } from '../reference.ts';
import type { ManifestContent } from '../registry/index.ts';
import { type Held, readHeld } from './held.ts';
import { type Candidate, type FixedVerdict, judgeFixed, type OnExistingTag } from './judge.ts';
import { type Move, type MoveOptions, type MovingTag, type Settled, settleMove, startMove, undoMove } from './move-tag.ts';
import { isFixedTag } from './tag-template.ts';

/** What each tag holds before anything is written. */
export type HeldTags = ReadonlyMap<string, Held>;

export interface PublishOptions extends MoveOptions {
  readonly onExistingTag: OnExistingTag;
}

export interface Publication {
  /** What the release tag names: our index, or the adopted one. */
  readonly content: ManifestContent;
  readonly adopted: boolean;
  /** Those that name it now. */
  readonly tags: readonly string[];
  /** A moving tag was left on a newer commit. */
  readonly superseded: boolean;
}

/** What is to be done with each release tag, decided before anything is written. */
export interface Plan {
  readonly candidate: Candidate;
  readonly adopted: boolean;
  /** Release tags to write. */
  readonly writes: readonly string[];
  /** Release tags that name the candidate already. */
  readonly named: readonly string[];
  readonly moving: readonly MovingTag[];
}

export function readTags({ registry, repository }: MoveOptions, tags: readonly string[]): Promise<HeldTags> {
  const reading = tags.map(async tag => [tag, readHeld(await registry.findManifest({ ...repository, tag }))] as const);
  return Promise.all(reading).then(entries => new Map(entries));
}

/** Decides about all tags. An adopted index takes the candidate's place. Throws TAG_CONFLICT and TAG_EXISTS. */
export function planTags(held: HeldTags, candidate: Candidate, { repository, onExistingTag, onNotice }: PublishOptions): Plan {
  const fixed = [...held].filter(([tag]) => isFixedTag(tag));
  const verdicts = fixed.map(([tag, holding]) => {
    const name = formatReference({ ...repository, tag });
    return { tag, verdict: judgeFixed({ name, held: holding, candidate, onExistingTag }) };
  });
  for (const { verdict } of verdicts) if (verdict.kind === 'write' && verdict.notice !== undefined) onNotice(verdict.notice);
  const adoption = verdicts.map(({ verdict }) => verdict).find(isAdoption);
  const content = adoption?.content ?? candidate.content;
  return {
    candidate: { ...candidate, content },
    adopted: adoption !== undefined,
    writes: verdicts.flatMap(({ tag, verdict }) => (verdict.kind === 'write' ? [tag] : [])),
    named: verdicts.flatMap(({ tag, verdict }) =>
      isAdoption(verdict) && verdict.content.digest === content.digest ? [tag] : [],
    ),
    moving: [...held].flatMap(([tag, holding]) => (isFixedTag(tag) ? [] : [{ tag, held: holding }])),
  };
}

/**
 * Writes the release tags and, beside them, the tags that move; then reads the latter again. A write carries content and name at once,
 * so a release tag never names half an index. When no release tag could be written, moved tags go back to what they held.
 */
export async function publishIndex(plan: Plan, options: PublishOptions): Promise<Publication> {
  const { candidate, moving } = plan;
  const attempts = moving.map(tag => ({ tag, move: startMove(tag, candidate, options) }));
  // Listened to from the start: one that fails before the release tags are written would end the process.
  const moved = Promise.allSettled(attempts.map(({ move }) => move));
  const written = await Promise.allSettled(targetsOf(plan).map(target => writeFixed(target, candidate, options)));
  await moved;
  const failed = written.find(result => result.status === 'rejected');
  if (failed !== undefined) return abandon(attempts, { candidate, options, reason: failed.reason });
  const outcomes = written.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []));
  const rival = outcomes.find(outcome => outcome.kind === 'adopted');
  const final = rival === undefined ? candidate : { ...candidate, content: rival.content };

  const settled = await Promise.all(
    attempts.map(async ({ tag, move }) => ({
      tag: tag.tag,
      // With another index to name, what was just written counts for nothing: it is read and judged again.
      settled: await settleMove(tag, final === candidate ? await move : { kind: 'written' }, final, options),
    })),
  );
  const fixed = outcomes.flatMap(({ tag, content }) =>
    tag !== undefined && content.digest === final.content.digest ? [tag] : [],
  );
  const named = final === candidate ? plan.named : [];
  return {
    content: final.content,
    adopted: plan.adopted || rival !== undefined,
    tags: inOrder([...plan.named, ...plan.writes, ...moving.map(({ tag }) => tag)], [...named, ...fixed, ...ours(settled)]),
    superseded: settled.some(({ settled: { kind } }) => kind === 'newer'),
  };
}

interface Written {
  readonly kind: 'written' | 'adopted';
  readonly tag: string | undefined;
  readonly content: ManifestContent;
}

/** The release tags to write; without any, the index is written by its digest, so that it is there whatever the moving tags do. */
function targetsOf({ writes, adopted }: Plan): (string | undefined)[] {
  return writes.length > 0 || adopted ? [...writes] : [undefined];
}

/** Writes one release tag. Refused as immutable, it may have been written by another run, or by our own lost answer: then it is judged again. */
async function writeFixed(tag: string | undefined, candidate: Candidate, options: PublishOptions): Promise<Written> {
  const { registry, repository, onExistingTag } = options;
  const { content } = candidate;
  const reference = tag === undefined ? { ...repository, digest: content.digest } : { ...repository, tag };
  try {
    await registry.putManifest({ ...content, reference, tries: 'repeated' });
    return { kind: 'written', tag, content };
  } catch (thrown) {
    if (tag === undefined || !(thrown instanceof ActionError) || thrown.code !== 'TAG_IMMUTABLE') throw thrown;
    const held = readHeld(await registry.findManifest(reference));
    if (held.kind !== 'nothing' && held.content.digest === content.digest) return { kind: 'written', tag, content };
    const verdict = judgeFixed({ name: formatReference(reference), held, candidate, onExistingTag });
    if (!isAdoption(verdict)) throw thrown;
    return { kind: 'adopted', tag, content: verdict.content };
  }
}

interface Attempt {
  readonly tag: MovingTag;
  readonly move: Promise<Move>;
}

async function abandon(
  attempts: readonly Attempt[],
  { candidate, options, reason }: { candidate: Candidate; options: PublishOptions; reason: unknown },
): Promise<never> {
  const undoing = attempts.map(async ({ tag, move }) => {
    const made = await move.catch(() => undefined);
    if (made?.kind === 'written' || made?.kind === 'unsure') await undoMove(tag, candidate, options);
  });
  for (const [index, result] of (await Promise.allSettled(undoing)).entries()) {
    if (result.status === 'fulfilled') continue;
    options.onNotice(`${attempts[index]?.tag.tag} could not be put back: ${toActionError(result.reason).message}`);
  }
  throw reason;
}

function ours(settled: readonly { tag: string; settled: Settled }[]): string[] {
  return settled.flatMap(({ tag, settled: { kind } }) => (kind === 'ours' ? [tag] : []));
}

function inOrder(order: readonly string[], tags: readonly string[]): string[] {
  return order.filter(tag => tags.includes(tag));
}

function isAdoption(verdict: FixedVerdict): verdict is Extract<FixedVerdict, { kind: 'adopt' }> {
  return verdict.kind === 'adopt';
}
