import { ActionError } from '@eks-gitops/errors';
import { type CiFacts, withoutLogin } from './facts.ts';
import * as input from './input.ts';

const commitForm = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** One input for each CI fact, for an action to spread those it uses into its own inputs. */
export const factInputs = {
  revision: input.text(
    { description: 'The commit that is built, as its full id. Default: HEAD of the work tree, else what the CI says.' },
    { allowed: 'a full commit id of 40 or 64 hex digits', parse: parseCommit },
  ),
  'commit-time': input.text(
    { description: "The commit's time. Default: the committer date of the commit, else what the CI says." },
    { allowed: 'an RFC 3339 time such as 2026-11-23T10:15:00Z', parse: parseTime },
  ),
  branch: input.text({ description: 'The branch that is built. Default: what the CI says.' }),
  'repository-url': input.text(
    { description: 'Where the source is browsed. Default: what the CI says.' },
    { allowed: 'an https URL', parse: parseUrl },
  ),
  'run-id': input.text({
    description:
      'Names the CI run; all jobs of one run must agree on it. Default: what the CI says; outside a CI `local-` and the start of the commit. ' +
      'In CodePipeline pass `#{codepipeline.PipelineExecutionId}`.',
  }),
  attempt: input.text(
    { description: 'Counts the tries of the run, from 1. Default: what the CI says, else 1.' },
    { allowed: 'a whole number from 1', parse: parseCount },
  ),
  'run-url': input.text(
    { description: 'Where the CI run is seen. Default: what the CI says.' },
    { allowed: 'an https URL', parse: parseUrl },
  ),
  'run-started': input.text(
    { description: 'When the CI run began. Default: what the CI says.' },
    { allowed: 'an RFC 3339 time such as 2026-11-23T10:15:00Z', parse: parseTime },
  ),
} as const;

/** The values of those fact inputs that an action has. */
export type FactValues = Partial<input.ValuesOf<typeof factInputs>>;

/** The CI's facts, with what the user gave in their place. */
export function overlayFacts(facts: CiFacts, given: FactValues): CiFacts {
  const overlay = {
    commit: given.revision,
    commitTime: given['commit-time'],
    branch: given.branch,
    repository: given['repository-url'],
    runId: given['run-id'],
    attempt: given.attempt,
    runUrl: given['run-url'],
    runStarted: given['run-started'],
  };
  return { ...facts, ...Object.fromEntries(Object.entries(overlay).filter(([, fact]) => fact !== undefined)) };
}

/** What tells the builds of one CI run from those of another. */
export interface Run {
  readonly id: string;
  /** Counts from 1. */
  readonly attempt: number;
}

/**
 * The run's id and attempt: the inputs, else the CI's; without an attempt 1, outside a CI and under act `local-<first 8 of the commit>`.
 * Throws INPUT_MISSING in a CodePipeline, where the environment does not hold the execution's id.
 */
export function resolveRun({ facts, inputs, revision }: { facts: CiFacts; inputs: FactValues; revision: string }): Run {
  const { runId, attempt = 1 } = overlayFacts(facts, inputs);
  if (runId === undefined && facts.ci === 'codepipeline') throw runUnknown();
  return { id: runId ?? `local-${revision.slice(0, 8)}`, attempt };
}

function runUnknown(): ActionError {
  return new ActionError({
    code: 'INPUT_MISSING',
    message: 'The input run-id is required in CodePipeline.',
    expected: "the execution's id",
    found: 'nothing: CodePipeline does not put it into the environment by itself',
    remedy: 'give the CodeBuild action an environment variable INPUT_RUN_ID with the value #{codepipeline.PipelineExecutionId}',
  });
}

function parseCommit(given: string): string {
  const commit = given.trim().toLowerCase();
  if (!commitForm.test(commit)) throw new Error('it is not a full commit id');
  return commit;
}

const timeForm = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/i;

/** UTC in whole seconds. */
function parseTime(given: string): string {
  const time = new Date(given.trim());
  if (!timeForm.test(given.trim()) || Number.isNaN(time.getTime()))
    throw new Error('it is not an RFC 3339 time with a time zone');
  return time.toISOString().replace(/\.\d{3}Z$/, 'Z');
}

function parseCount(given: string): number {
  if (!/^[1-9]\d{0,8}$/.test(given.trim())) throw new Error('it is not a whole number from 1');
  return Number(given);
}

/** Without a user name and password, which would be told to everybody. */
function parseUrl(given: string): string {
  const parsed = URL.parse(given.trim());
  if (!/^https?:$/.test(parsed?.protocol ?? '')) throw new Error('it is not a URL');
  return withoutLogin(given.trim()).replace(/\/$/, '');
}
