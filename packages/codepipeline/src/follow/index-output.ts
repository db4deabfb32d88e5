import type { Build } from '@aws-sdk/client-codebuild';
import { actionNames, indexVariables } from '../names.ts';
import { type ActionRun, nameOf, newestRuns } from './execution.ts';

/** Which action tells of the image, and how its output variables are named; defaults are those of our own stack. */
export interface IndexNames {
  /** The action, as `ACTION` or `STAGE/ACTION`. */
  readonly action: string | undefined;
  readonly digest: string | undefined;
  readonly tag: string | undefined;
}

/** What a pipeline claims to have published; empty where it says nothing. */
export interface IndexOutput {
  readonly run: ActionRun;
  readonly digest: string;
  readonly tag: string;
}

const [digestVariable, tagVariable] = indexVariables;

/** The output variables of the action that publishes the index; undefined where no such action has run, or it tells no digest. */
export function readIndexOutput(runs: readonly ActionRun[], names: IndexNames): IndexOutput | undefined {
  const { action = actionNames.index, digest = digestVariable, tag = tagVariable } = names;
  const run = newestRuns(runs).find(one => one.action === action || nameOf(one) === action);
  const found = run?.variables[digest] ?? '';
  return run === undefined || found === '' ? undefined : { run, digest: found, tag: run.variables[tag] ?? '' };
}

/** The image that the buildspecs are given, from the environment of the build that published it. */
export function imageOfBuild({ environment }: Pick<Build, 'environment'>): string | undefined {
  return environment?.environmentVariables?.find(({ name }) => name === 'IMAGE')?.value || undefined;
}

/** Actions that do have output variables, for whoever looks for the right one. */
export function describeVariables(runs: readonly ActionRun[]): string {
  const told = newestRuns(runs).flatMap(run => {
    const names = Object.keys(run.variables);
    return names.length === 0 ? [] : [`${nameOf(run)} (${names.join(', ')})`];
  });
  return told.length === 0 ? 'no action has output variables' : told.join(', ');
}
