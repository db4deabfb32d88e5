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
import { type GitCredentials, type GitRepository, landEdit } from '../repository/index.ts';
import type { OpenTarget } from './github-target.ts';
import { openClone } from './open-clone.ts';
import { type Publication, type PublishRequest, withFiles } from './publish-edit.ts';

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
  readonly repository: GitRepository;
  readonly credentials: GitCredentials;
  readonly proposal: Proposal;
  readonly target: OpenTarget;
}

/**
 * Keeps one pull request with an edit of the base branch up to date. What the pull request itself holds counts for "newer" as well: an
 * edit that is superseded there leaves it as it is.
 */
export async function proposeEdit<Result>(request: ProposeRequest<Result>): Promise<Publication<Result>> {
  const { repository, proposal, target, onNotice } = request;
  const { url, branch: base } = repository;
  const branches = { base, head: proposal.head };
  const newer = await findNewer(request);
  if (newer !== undefined) {
    const pull = await findPullRequest(target, branches);
    const { result, head } = newer;
    if (pull === undefined) return { kind: 'unchanged', url, branch: proposal.head, head, result, files: [] };
    const { number, html_url: seen } = pull;
    return { kind: 'proposed', url, branch: proposal.head, pull: { number, url: seen }, changed: false, result, files: [] };
  }
  let changed = true;
  let text = '';
  const edit: EditTree<Result> = async tree => {
    const made = await request.edit(tree);
    text = made.message;
    return made;
  };
  const landing = await landEdit({
    ...request,
    edit: withFiles(edit),
    write: async commit => {
      const answer = await commitToPullRequestBranch(target, branches)(commit);
      changed = answer.changed ?? true;
      return answer;
    },
  });
  const { result, files } = landing.result;
  if (landing.kind === 'unchanged') {
    const closed = await closePullRequest(target, { branches, message: text, body: overtaken(base) });
    if (closed !== undefined) onNotice(`Closed the pull request #${closed.number}, which ${base} has overtaken: ${closed.url}`);
    return { kind: 'unchanged', url, branch: base, head: landing.head, result, files: [] };
  }
  const upserted = await upsertPullRequest(target, { ...proposal, branches, ...titleAndBody(text, proposal) });
  for (const notice of upserted.notices) onNotice(notice);
  const written = changed || upserted.outcome !== 'unchanged';
  return { kind: 'proposed', url, branch: proposal.head, pull: upserted, changed: written, result, files };
}

function overtaken(base: string): string {
  return `The branch \`${base}\` holds this change already, or a newer one.`;
}

/** The edit's result on the pull request's own branch, when that is ahead of it. */
async function findNewer<Result>(request: ProposeRequest<Result>): Promise<{ result: Result; head: string } | undefined> {
  const branch = await openBranch(request);
  if (branch === undefined) return undefined;
  const { result } = await request.edit(branch);
  return request.isSuperseded(result) ? { result, head: branch.head } : undefined;
}

async function openBranch<Result>(request: ProposeRequest<Result>): Promise<GitRepository | undefined> {
  const { repository, proposal } = request;
  const place = { kind: 'remote', url: repository.url } as const;
  try {
    return await openClone({ ...request, place, branch: proposal.head, name: 'proposed' });
  } catch (thrown) {
    if (thrown instanceof ActionError && thrown.code === 'BRANCH_MISSING') return undefined;
    throw thrown;
  }
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
