import { parseRevision } from './revision.ts';

/** What a source has to have fetched, and a Kustomization applied. */
export type Goal =
  /** Whatever the source has. */
  | { readonly kind: 'any' }
  /** A commit of the GitOps repository, or one that came after it and contains it. */
  | {
      readonly kind: 'commit';
      readonly commit: string;
      /** Asks the repository whether a commit contains ours. Without it, what is not the same commit stays open. */
      readonly isContainedIn?: (commit: string, signal: AbortSignal) => Promise<boolean>;
    }
  /** An OCI artifact, `sha256:…`. */
  | { readonly kind: 'digest'; readonly digest: string };

/** What a revision is to the goal. `unverified`: it may hold the goal, and nobody could be asked. */
export type GoalVerdict = 'reached' | 'superseded' | 'missed' | 'unverified';

export interface FetchedRevision {
  readonly revision: string;
  /** The commit that an OCI artifact was made of, where its metadata tell. */
  readonly origin?: string | undefined;
}

/** Judges revisions, asking the repository once for each. */
export function goalJudge(goal: Goal): (fetched: FetchedRevision, signal: AbortSignal) => Promise<GoalVerdict> {
  const known = new Map<string, GoalVerdict>();
  return async (fetched, signal) => {
    const key = fetched.origin ?? fetched.revision;
    const verdict = known.get(key) ?? (await judge(goal, fetched, signal));
    known.set(key, verdict);
    return verdict;
  };
}

async function judge(goal: Goal, { revision, origin }: FetchedRevision, signal: AbortSignal): Promise<GoalVerdict> {
  if (goal.kind === 'any') return 'reached';
  const { hash, algorithm } = parseRevision((goal.kind === 'commit' ? origin : undefined) ?? revision) ?? {};
  if (goal.kind === 'digest') return goal.digest === `${algorithm}:${hash}` ? 'reached' : 'missed';
  if (hash === goal.commit) return 'reached';
  // The digest of an artifact that does not tell its commit is no commit.
  if (hash === undefined || algorithm === 'sha256') return 'unverified';
  if (goal.isContainedIn === undefined) return 'unverified';
  return (await goal.isContainedIn(hash, signal)) ? 'superseded' : 'missed';
}

/** The goal in half a sentence. */
export function goalWords(goal: Goal): string {
  if (goal.kind === 'any') return 'any revision';
  return goal.kind === 'digest' ? `the artifact ${goal.digest}` : `the commit ${goal.commit} or one that contains it`;
}
