import { createHash } from 'node:crypto';
import { ActionError } from '@eks-gitops/errors';
import { pipelineVariables } from '../names.ts';
import type { PipelineDefinition } from './definition.ts';
import type { StartRequest } from './open-pipeline.ts';

export interface Start {
  /** Without one, the pipeline's sources take what is newest. */
  readonly commit: string | undefined;
  /** RFC 3339; only asked for where a source does not know it. */
  readonly commitTime: string | undefined;
  /** The source action that takes the commit, where there are several. */
  readonly sourceAction: string | undefined;
  readonly variables: StartRequest['variables'];
  /** Tells this start from others; a repetition with the same words is no other. */
  readonly identity: readonly string[];
}

/** Sources that can be told which commit to take ("Start a pipeline with a source revision override", CodePipeline user guide). */
const gitProviders = ['CodeCommit', 'CodeStarSourceConnection', 'GitHub'];

/**
 * What starts a pipeline for a commit: an override of its git source, else the pipeline's variables, as the stack declares them for S3.
 * Throws INPUT_INVALID where it has neither, INPUT_MISSING where it has several git sources, or a commit time is wanted.
 */
export function startRequest(start: Start, definition: PipelineDefinition): StartRequest {
  const { commit, variables: given, identity } = start;
  const token = createHash('sha256').update(JSON.stringify(identity)).digest('hex');
  if (commit === undefined) return { token, revisions: [], variables: given };
  const sources = definition.stages.flatMap(({ actions }) => actions).filter(isGitSource);
  if (sources.length > 0) {
    return { token, revisions: [{ action: chosenSource(sources, start.sourceAction), commit }], variables: given };
  }
  const named = new Set(given.map(({ name }) => name));
  const own = ownVariables(start, commit, definition).filter(({ name }) => !named.has(name));
  return { token, revisions: [], variables: [...own, ...given] };
}

interface SourceAction {
  readonly name: string;
  readonly category: string;
  readonly provider: string;
}

function isGitSource({ category, provider }: SourceAction): boolean {
  return category === 'Source' && gitProviders.includes(provider);
}

function chosenSource(sources: readonly SourceAction[], wanted: string | undefined): string {
  const names = sources.map(({ name }) => name);
  const [only, ...more] = wanted === undefined ? names : names.filter(name => name === wanted);
  if (only !== undefined && more.length === 0) return only;
  throw new ActionError({
    code: only === undefined ? 'INPUT_INVALID' : 'INPUT_MISSING',
    message: only === undefined ? `The pipeline has no git source ${wanted}.` : 'The pipeline has several git sources.',
    expected: `source-action as one of ${names.join(', ')}`,
    found: wanted ?? 'no source-action',
  });
}

function ownVariables({ commitTime }: Start, commit: string, { variables }: PipelineDefinition): StartRequest['variables'] {
  if (!variables.includes(pipelineVariables.revision)) {
    throw new ActionError({
      code: 'INPUT_INVALID',
      message: 'The pipeline cannot be started for a commit.',
      expected: `a git source, or a variable ${pipelineVariables.revision}`,
      found: variables.length === 0 ? 'neither' : `the variables ${variables.join(', ')}`,
      remedy: 'start it without a commit, or follow an execution that something else starts',
    });
  }
  const revision = { name: pipelineVariables.revision, value: commit };
  if (!variables.includes(pipelineVariables.commitTime)) return [revision];
  if (commitTime !== undefined) return [revision, { name: pipelineVariables.commitTime, value: commitTime }];
  throw new ActionError({
    code: 'INPUT_MISSING',
    message: `The pipeline wants the time of the commit in its variable ${pipelineVariables.commitTime}.`,
    expected: 'commit-time',
    found: 'nothing',
  });
}
