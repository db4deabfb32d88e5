import { overlay } from './overlay.ts';
import type { RestCall } from './routes.ts';
import type { PullRequest } from './world.ts';

/** A pull request as the REST API shows it: the published example, with what is really so laid over it. */
export async function pullBody(
  { repository, url }: RestCall,
  { pull, example }: { pull: PullRequest; example: unknown },
): Promise<Record<string, unknown>> {
  const { git, owner, name } = repository;
  const [head, base] = await Promise.all([git.read(`refs/heads/${pull.head}`), git.read(`refs/heads/${pull.base}`)]);
  const side = (ref: string, oid: string | undefined) => ({
    label: `${owner}:${ref}`,
    ref,
    ...(oid === undefined ? {} : { sha: oid }),
    user: { login: owner },
    repo: { name, full_name: `${owner}/${name}`, owner: { login: owner } },
  });
  return overlay(example, {
    number: pull.number,
    node_id: `PR_${repository.id}_${pull.number}`,
    url: `${url}/repos/${owner}/${name}/pulls/${pull.number}`,
    html_url: `https://github.example/${owner}/${name}/pull/${pull.number}`,
    title: pull.title,
    body: pull.body,
    state: pull.state,
    draft: pull.draft,
    user: { login: pull.author },
    labels: pull.labels.map((label, id) => ({
      id,
      node_id: `L_${id}`,
      url,
      name: label,
      description: '',
      color: 'ededed',
      default: false,
    })),
    requested_reviewers: pull.reviewers.map(login => overlay(pathIn(example, 'user'), { login })),
    requested_teams: pull.teams.map(team =>
      overlay(firstIn(example, 'requested_teams'), { name: team, slug: team, type: 'organization' }),
    ),
    head: side(pull.head, head),
    base: side(pull.base, base),
    auto_merge: pull.autoMerge === undefined ? null : autoMerge(pull, pathIn(example, 'user')),
    ...(isSimple(example) ? {} : { merged: pull.merged }),
    merged_at: null,
    closed_at: null,
  });
}

function autoMerge({ autoMerge: merge_method }: PullRequest, enabled_by: unknown): object {
  return { enabled_by, merge_method, commit_title: '', commit_message: '' };
}

/** In lists, and where reviewers were asked for, a pull request has fewer fields. */
function isSimple(example: unknown): boolean {
  return !(typeof example === 'object' && example !== null && 'merged' in example);
}

function pathIn(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

function firstIn(value: unknown, key: string): unknown {
  const list = pathIn(value, key);
  return Array.isArray(list) ? list[0] : undefined;
}
