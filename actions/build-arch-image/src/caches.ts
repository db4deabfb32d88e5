import { type CacheItems, cacheItems } from '@eks-gitops/images/buildx';
import type { BuildCommit } from './commit.ts';
import type { BuildInputs } from './inputs.ts';
import type { BuildWorld } from './request.ts';

export interface CachePlan extends CacheItems {
  readonly notices: readonly string[];
}

interface CacheQuestion extends BuildWorld {
  readonly commit: BuildCommit;
  readonly scope: string;
}

/** Which caches a build reads and writes: those given in buildx's own words as they are, and those of the one word `cache`. */
export function planCaches(inputs: BuildInputs, question: CacheQuestion): CachePlan {
  const [word, given] = [planWord(inputs, question), planGiven(inputs, question)];
  return {
    from: [...word.from, ...given.from],
    to: [...word.to, ...given.to],
    notices: [...word.notices, ...given.notices],
  };
}

function planWord(inputs: BuildInputs, question: CacheQuestion): CachePlan {
  const { facts, scope, defaultBranch } = question;
  const kind = inputs.cache;
  if (kind === 'none') return { from: [], to: [], notices: [] };
  if (kind === 'gha' && !question.env['ACTIONS_RUNTIME_TOKEN']) return { from: [], to: [], notices: [noService] };
  const why = untrusted(inputs, question) ?? unowned(question);
  const branch = facts.branch === defaultBranch ? undefined : facts.branch;
  const items = cacheItems({
    kind,
    repository: inputs.image,
    platform: inputs.platform,
    scope,
    branch,
    write: why === undefined,
  });
  return { ...items, notices: why === undefined ? [] : [`The cache is read and not written, because ${why}.`] };
}

const noService =
  "cache: gha is passed over, because GitHub's cache service cannot be reached: ACTIONS_RUNTIME_TOKEN is given to actions (uses:), not to run: steps.";

function planGiven(inputs: BuildInputs, question: CacheQuestion): CachePlan {
  const [from, asked] = [inputs['cache-from'], inputs['cache-to']];
  const why = untrusted(inputs, question);
  if (asked.length === 0 || why === undefined) return { from, to: asked, notices: [] };
  return { from, to: [], notices: [`cache-to is passed over, because ${why}: caches are written by trusted builds only.`] };
}

function untrusted({ push }: BuildInputs, { facts }: CacheQuestion): string | undefined {
  if (!push) return 'push is false';
  return facts.pullRequest ? 'this is a pull request' : undefined;
}

/**
 * Whether the build is that of the branch whose cache it would write. An event without a branch is that of a tag; a run that checks out another commit
 * than its own, as those after a comment or another workflow do, builds what a pull request holds. Where there is no event, one branch is built.
 */
function unowned({ facts, commit }: CacheQuestion): string | undefined {
  if (facts.event !== undefined && facts.branch === undefined) return 'this is not the build of a branch';
  const other = facts.commit !== undefined && facts.commit !== commit.revision;
  return other ? `the CI says that it builds ${facts.commit}, another commit` : undefined;
}
