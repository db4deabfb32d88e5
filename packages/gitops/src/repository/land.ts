import { setTimeout as sleep } from 'node:timers/promises';
import { ActionError } from '@eks-gitops/errors';
import type { CommitAnswer, EditTree, WriteCommit } from '../edit.ts';
import { backOff } from './back-off.ts';
import { createCommit, type Identity } from './commit.ts';
import type { GitRepository } from './open.ts';
import { pushCommit } from './push.ts';
import { commitsSinceOpened, describeHead, fetchHead } from './refresh.ts';
import { changesAgainst, type ModedChange } from './tree-entries.ts';

export interface LandRequest<Result> {
  readonly repository: GitRepository;
  readonly edit: EditTree<Result>;
  readonly identity: Identity;
  /** How a commit gets onto the branch; default: git push. */
  readonly write?: WriteCommit;
  /** When to give up (TIMED_OUT). */
  readonly deadline: Date;
  readonly signal: AbortSignal;
  /** Takes a sentence on every try that somebody else was faster than, and on every connection that broke. */
  readonly onNotice?: (notice: string) => void;
  /** Gives numbers from 0 to 1; default Math.random. */
  readonly random?: () => number;
}

export type Landing<Result> =
  | { readonly kind: 'unchanged'; readonly branch: string; readonly head: string; readonly result: Result }
  | {
      readonly kind: 'committed';
      readonly branch: string;
      readonly commit: string;
      /** 1 when nobody was faster. */
      readonly attempts: number;
      readonly result: Result;
    };

/**
 * Edits the branch's newest commit and puts one commit with the changes on top of it. When somebody else is faster, the edit is made
 * anew on their commit, until it lands or the deadline comes. An edit without changes makes no commit. Once for every opened repository.
 * Throws what the edit throws; GIT_REJECTED, GIT_DENIED, GIT_UNREACHABLE, BRANCH_MISSING, GIT_FAILED or TIMED_OUT.
 */
export async function landEdit<Result>(request: LandRequest<Result>): Promise<Landing<Result>> {
  const { signal, deadline } = request;
  const late = AbortSignal.timeout(Math.max(0, deadline.getTime() - Date.now()));
  const progress: Progress = { attempts: 0, head: request.repository.head, pending: [] };
  try {
    return await tryUntilLanded({ ...request, signal: AbortSignal.any([signal, late]) }, progress);
  } catch (thrown) {
    signal.throwIfAborted();
    if (late.aborted) throw await timedOut(request, progress);
    throw thrown;
  }
}

interface Progress {
  attempts: number;
  head: string;
  words?: string;
  /** Commits that were sent without a clear answer: any of them may have landed, or land late. */
  readonly pending: string[];
}

async function tryUntilLanded<Result>(request: LandRequest<Result>, progress: Progress): Promise<Landing<Result>> {
  const { repository, edit, deadline, signal, onNotice, random = Math.random } = request;
  const { branch, root } = repository;
  for (let began = performance.now(); ; ) {
    progress.attempts += 1;
    const { head, attempts } = progress;
    const { changes, message, result } = await edit({ root, head });
    const real = await changesAgainst({ git: repository.git, root, commit: head, changes, signal });
    if (real.length === 0) return { kind: 'unchanged', branch, head, result };
    const answer = await write(request, { head, changes: real, message });
    if (answer.kind === 'accepted') return { kind: 'committed', branch, commit: answer.commit, attempts, result };
    progress.words = answer.words;
    if (answer.pending !== undefined) progress.pending.push(answer.pending);
    const wait = backOff({
      failed: attempts,
      tryTime: performance.now() - began,
      left: deadline.getTime() - Date.now(),
      random: random(),
    });
    onNotice?.(`${answer.words} Trying again in ${(wait / 1000).toFixed(1)} s.`);
    await sleep(wait, undefined, { signal }).catch(() => signal.throwIfAborted());
    began = performance.now();
    progress.head = await fetchHead({ repository, signal });
    const landed = await findLanded(request, progress);
    if (landed !== undefined) return { kind: 'committed', branch, commit: landed, attempts, result };
  }
}

async function findLanded<Result>({ repository, signal }: LandRequest<Result>, { pending, head }: Progress) {
  if (pending.length === 0) return undefined;
  const added = await commitsSinceOpened({ repository, commit: head, signal });
  return pending.find(commit => added.includes(commit));
}

interface Writing {
  readonly head: string;
  readonly changes: readonly ModedChange[];
  readonly message: string;
}

/** `pending`: a commit of which only a fetch shows whether it has landed. */
type Written =
  | Extract<CommitAnswer, { kind: 'accepted' }>
  | { readonly kind: 'again'; readonly words: string; readonly pending?: string };

async function write<Result>(request: LandRequest<Result>, { head, changes, message }: Writing): Promise<Written> {
  const { repository, identity, signal } = request;
  const { git, root, url, branch } = repository;
  const faster = `Somebody else was faster on ${branch}.`;
  if (request.write !== undefined) {
    const plain = changes.map(({ path, content }) => ({ path, content }));
    const answer = await request.write({ branch, parent: head, changes: plain, message });
    return answer.kind === 'accepted' ? answer : { kind: 'again', words: faster };
  }
  const commit = await createCommit({ git, root, parent: head, changes, message, identity, now: new Date(), signal });
  const answer = await pushCommit({ git, root, url, commit, branch, expected: head, signal });
  if (answer.kind === 'accepted') return { kind: 'accepted', commit };
  if (answer.kind === 'moved') return { kind: 'again', words: faster, ...(answer.sent ? { pending: commit } : {}) };
  return { kind: 'again', words: `The push may have been cut: ${answer.error.message}`, pending: commit };
}

async function timedOut<Result>({ repository }: LandRequest<Result>, { attempts, head, words }: Progress): Promise<ActionError> {
  const last = await describeHead({ repository, commit: head, signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
  return new ActionError({
    code: 'TIMED_OUT',
    message: `The commit could not be put on ${repository.branch} of ${repository.url} in time.`,
    found: `${attempts} ${attempts === 1 ? 'try' : 'tries'}; ${words ?? 'none was refused.'}${last === undefined ? '' : ` The branch was last at ${last}.`}`,
    likely: attempts > 1 ? 'others push to the branch all the time' : 'the server is slow',
    remedy: 'Give the step more time, or have fewer jobs push to the branch at once.',
  });
}
