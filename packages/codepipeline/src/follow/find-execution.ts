import { ActionError } from '@eks-gitops/errors';
import type { Execution } from './execution.ts';
import type { Pipeline } from './open-pipeline.ts';
import { type PollOptions, poll } from './poll.ts';

export interface Search extends PollOptions {
  readonly pipeline: Pipeline;
  /** The full id. */
  readonly commit: string;
  /** Milliseconds within which the execution has to begin. */
  readonly within: number;
}

const most = 100;
const recent = 20;
/** Executions without a commit whose variables are asked for, newest first. */
const asked = 5;

/**
 * The id of the newest execution of a commit, waiting for it to begin; a rollback to the commit is none of it. Throws EXECUTION_MISSING
 * when it does not begin in time.
 */
export async function findExecution(search: Search): Promise<string> {
  const { pipeline, commit, within, onProgress } = search;
  const variables = new Map<string, readonly string[]>();
  const ends = Date.now() + within;
  let looks = 0;
  return poll(async () => {
    const executions = await pipeline.executions(looks === 0 ? most : recent);
    const known = await withVariables(executions, { pipeline, variables });
    const [newest, ...older] = executionsOf(known, commit);
    if (newest !== undefined) {
      if (older.length > 0) onProgress(`${older.length} earlier executions are of this commit too; the newest is followed.`);
      return { kind: 'done', value: newest.id };
    }
    if (Date.now() > ends) throw neverBegun(search, known);
    if (looks === 0) onProgress(`No execution of ${pipeline.name} is of commit ${commit} yet.`);
    looks += 1;
    return { kind: 'pending', changed: false };
  }, search);
}

/** Newest first, as they are listed. */
export function executionsOf(executions: readonly Execution[], commit: string): readonly Execution[] {
  return executions.filter(({ commits, isRollback }) => !isRollback && commits.includes(commit));
}

interface Known {
  readonly pipeline: Pipeline;
  /** Commits by execution; variables do not change. */
  readonly variables: Map<string, readonly string[]>;
}

/** Where a source knows no commit (S3), or does not yet, the pipeline's variable may tell it. */
async function withVariables(executions: readonly Execution[], { pipeline, variables }: Known): Promise<readonly Execution[]> {
  const unknown = executions.filter(({ commits }) => commits.length === 0).slice(0, asked);
  for (const { id } of unknown) {
    if (!variables.has(id)) variables.set(id, (await pipeline.execution(id)).commits);
  }
  return executions.map(one => (one.commits.length > 0 ? one : { ...one, commits: variables.get(one.id) ?? [] }));
}

function neverBegun({ pipeline, commit, within }: Search, executions: readonly Execution[]): ActionError {
  const newest = executions.slice(0, 3).map(({ id, commits, status }) => `${id} of ${commits[0] ?? 'no commit'} (${status})`);
  return new ActionError({
    code: 'EXECUTION_MISSING',
    message: `No execution of ${pipeline.name} for commit ${commit} began within ${Math.round(within / 1000)} s.`,
    found: newest.length === 0 ? 'no execution at all' : newest.join(', '),
    likely: 'the commit was pushed to another branch than the one that the pipeline watches, or nothing starts the pipeline',
    remedy: 'push it there, start the pipeline with start: true, or give more time with begin-within',
  });
}
