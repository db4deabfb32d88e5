import type { BareRepository } from './bare-repository.ts';
import { openBareRepository } from './bare-repository.ts';

export type Access = 'read' | 'write';

/** What a token may do, by GitHub's names; metadata can always be read. */
export interface Permissions {
  readonly contents?: Access;
  readonly pull_requests?: Access;
  readonly issues?: Access;
}

export interface RepositoryOptions {
  /** `owner/name`. */
  readonly name: string;
  /** A bare git repository. */
  readonly folder: string;
  /** Branches that refuse every direct commit, with GitHub's words for why. */
  readonly protected?: Readonly<Record<string, string>>;
  /** Whether pull requests may merge by themselves; and whether they have something to wait for. Default `waiting`. */
  readonly autoMerge?: 'waiting' | 'clean' | 'disallowed';
  /** Users and `org/team`s whose review may be asked for. */
  readonly reviewers?: readonly string[];
}

export interface TokenOptions {
  readonly token: string;
  /** In whose name it acts. */
  readonly login: string;
  readonly repositories: readonly string[];
  readonly permissions: Permissions;
}

export interface AppOptions {
  readonly id: number;
  readonly slug: string;
  /** PEM; the App's tokens are checked with it. */
  readonly publicKey: string;
  readonly installations: readonly {
    readonly id: number;
    readonly repositories: readonly string[];
    readonly permissions: Permissions;
  }[];
}

/** Who a request acts as. */
export interface Actor {
  readonly login: string;
  readonly id: number;
  readonly bot: boolean;
  readonly repositories: readonly string[];
  readonly permissions: Permissions;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

export interface PullRequest {
  readonly number: number;
  readonly author: string;
  readonly draft: boolean;
  readonly head: string;
  readonly base: string;
  title: string;
  body: string | null;
  state: 'open' | 'closed';
  merged: boolean;
  labels: string[];
  reviewers: string[];
  teams: string[];
  reviewed: string[];
  comments: string[];
  autoMerge: 'merge' | 'squash' | 'rebase' | undefined;
}

export interface Repository {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly options: RepositoryOptions;
  readonly git: BareRepository;
  readonly pulls: PullRequest[];
}

export function openRepositories(options: readonly RepositoryOptions[]): readonly Repository[] {
  return options.map((one, index) => {
    const [owner = '', name = ''] = one.name.split('/');
    return { id: index + 1, owner, name, options: one, git: openBareRepository(one.folder), pulls: [] };
  });
}

/** The name and address that GitHub gives to commits of a user or of an App. */
export function personOf({ login, id, bot }: Actor): { name: string; email: string } {
  const name = bot ? `${login}[bot]` : login;
  return { name, email: `${id}+${name}@users.noreply.github.com` };
}

/**
 * Closes the open pull requests that have nothing to merge any more: the head branch is gone, or the base holds all of it. GitHub does
 * so whenever one of the two branches moves.
 */
export async function settle({ git, pulls }: Repository): Promise<void> {
  for (const pull of pulls.filter(({ state }) => state === 'open')) {
    const [head, base] = await Promise.all([git.read(`refs/heads/${pull.head}`), git.read(`refs/heads/${pull.base}`)]);
    if (head !== undefined && base !== undefined && !(await git.isAncestor(head, base))) continue;
    pull.state = 'closed';
  }
}

export function permits(held: Permissions, needed: Permissions): boolean {
  return Object.entries(needed).every(([name, access]) => {
    const has: unknown = Reflect.get(held, name);
    return has === 'write' || has === access;
  });
}
