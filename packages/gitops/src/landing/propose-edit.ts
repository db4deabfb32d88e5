import { ActionError } from '@eks-gitops/errors';
import type { EditTree } from '../edit.ts';
import {
  closePullRequest,
  commitToPullRequestBranch,
  findPullRequest,
  type MergeMethod,
  type UpsertedPullRequest,
  upsertPullRequest,
} from '../github/index.ts';
import { type GitCredentials, landEdit } from '../repository/index.ts';
import type { OpenTarget } from './github-target.ts';
import { openClone } from './open-clone.ts';
import { type Publication, type PublishRequest, withFiles } from './publish-edit.ts';
import { absent } from './push-branch.ts';

/** The pull request that is kept for an edit. */
export interface Proposal {
  /** The branch that is its own. */
  readonly head: string;
  /** Default: the first line of the commit message. */
  readonly title?: string;
  readonly labels: readonly string[];
  /** Users, and teams as `org/team`. */
  readonly reviewers: readonly string[];
  readonly draft: boolean;
  readonly autoMerge?: MergeMethod;
}

export interface Proposed {
  readonly pull: Pick<UpsertedPullRequest, 'number' | 'url'>;
  /** Whether anything of the pull request was written. */
  readonly changed: boolean;
}

export interface ProposeRequest<Result> extends PublishRequest<Result> {
  readonly credentials: GitCredentials;
  readonly proposal: Proposal;
  readonly target: OpenTarget;
}

/**
 * Keeps one pull request with an edit of the base branch up to date. What the pull request itself holds counts for "newer" as well, so
 * that it never goes back. Throws INPUT_INVALID when the pull request's own branch is the base.
 */
export async function proposeEdit<Result>(request: ProposeRequest<Result>): Promise<Publication<Result>> {
  const { proposal, target, onNotice } = request;
  const repository = await openClone({ ...request, name: 'base' });
  const { url, branch: base } = repository;
  if (base === proposal.head) throw sameBranch(base);
  const branches = { base, head: proposal.head };
  const ahead = await openClone({ ...request, branch: proposal.head, name: 'proposed' }).catch(absent);
  const raised = ahead === undefined || request.raise === undefined ? request.edit : await request.raise(ahead);
  let message = '';
  const edit: EditTree<Result> = async tree => {
    const made = await raised(tree);
    message = made.message;
    return made;
  };
  let changed = true;
  const landing = await landEdit({
    ...request,
    repository,
    edit: withFiles(edit),
    write: async commit => {
      const answer = await commitToPullRequestBranch(target, branches)(commit);
      changed = answer.changed ?? true;
      return answer;
    },
  });
  const { result, files } = landing.result;
  if (landing.kind === 'unchanged') {
    const closed = await closePullRequest(target, { branches, message, body: overtaken(base) });
    if (closed !== undefined) onNotice(`Closed the pull request #${closed.number}, which ${base} has overtaken: ${closed.url}`);
    return { kind: 'unchanged', url, branch: base, head: landing.head, result, files: [] };
  }
  // What holds the same already keeps its words: they tell of the run that made it.
  const kept = changed ? undefined : await findPullRequest(target, branches);
  const words = kept === undefined ? titleAndBody(message, proposal) : { title: kept.title, body: kept.body ?? '' };
  const upserted = await upsertPullRequest(target, { ...proposal, ...words, branches });
  for (const notice of upserted.notices) onNotice(notice);
  const written = changed || upserted.outcome !== 'unchanged';
  return { kind: 'proposed', url, branch: proposal.head, pull: upserted, changed: written, result, files };
}

function sameBranch(branch: string): ActionError {
  return new ActionError({
    code: 'INPUT_INVALID',
    message: 'A pull request needs a branch of its own.',
    expected: 'a push-branch that is not the branch to merge into, or none',
    found: branch,
  });
}

function overtaken(base: string): string {
  return `The branch \`${base}\` holds this change already, or a newer one.`;
}

/** The commit message as a pull request: its first line, and the rest, with the trailers as a list. */
function titleAndBody(message: string, { title }: Proposal): { title: string; body: string } {
  const [first = '', ...rest] = message.trim().split('\n');
  const body = rest
    .join('\n')
    .trim()
    .replace(/^([A-Z][A-Za-z-]*): (.+)$/gm, '- $1: `$2`');
  return { title: title ?? first, body };
}
