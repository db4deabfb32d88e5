import { randomUUID } from 'node:crypto';
import type { CiFacts } from '@eks-gitops/action';
import type { Subject } from '@eks-gitops/codepipeline/follow';
import { ActionError } from '@eks-gitops/errors';
import type { PipelineInputs } from './inputs.ts';

export interface SubjectQuestion {
  readonly inputs: Pick<
    PipelineInputs,
    | 'pipeline'
    | 'revision'
    | 'execution-id'
    | 'start'
    | 'client-token'
    | 'source-action'
    | 'variables'
    | 'commit-time'
    | 'begin-within'
  >;
  /** HEAD of the work tree. */
  readonly head: { readonly commit: string; readonly committed: Date } | undefined;
  readonly facts: CiFacts;
}

/**
 * Which execution is meant. Throws INPUT_INVALID for inputs that go with a start alone, or not with one, INPUT_MISSING without a commit:
 * that of a pull request is a merge commit that no pipeline sees.
 */
export function chooseSubject({ inputs, head, facts }: SubjectQuestion): Subject {
  const { 'execution-id': id, revision, start } = inputs;
  refuseMixture(inputs);
  if (id !== undefined) return { kind: 'execution', id, commit: revision };
  const fact = facts.pullRequest ? undefined : facts.commit;
  const commit = revision ?? head?.commit ?? fact;
  if (start) {
    const commitTime = inputs['commit-time'] ?? timeOf(commit, { head, facts });
    const { 'source-action': sourceAction, variables } = inputs;
    return {
      kind: 'start',
      start: { commit, commitTime, sourceAction, variables, identity: identityOf({ inputs, head, facts }, commit) },
    };
  }
  if (commit !== undefined) return { kind: 'commit', commit, within: inputs['begin-within'] };
  throw new ActionError({
    code: 'INPUT_MISSING',
    message: 'It is not known which execution is to be followed.',
    expected: 'revision or execution-id',
    found: facts.pullRequest
      ? 'a pull request, whose merge commit no pipeline sees'
      : 'neither, no work tree, and no commit from a CI',
  });
}

function refuseMixture({ start, ...inputs }: SubjectQuestion['inputs']): void {
  const found = start
    ? ['start', ...(inputs['execution-id'] === undefined ? [] : ['execution-id'])]
    : [
        ...(inputs['client-token'] === undefined ? [] : ['client-token']),
        ...(inputs['source-action'] === undefined ? [] : ['source-action']),
        ...(inputs.variables.length === 0 ? [] : ['variables']),
      ];
  if (start ? found.length === 1 : found.length === 0) return;
  throw new ActionError({
    code: 'INPUT_INVALID',
    message: start ? 'An execution that is there already cannot be started.' : 'That goes with start: true alone.',
    expected: start ? 'start or execution-id' : 'start: true',
    found: found.join(' and '),
  });
}

type World = Pick<SubjectQuestion, 'head' | 'facts'>;

function timeOf(commit: string | undefined, { head, facts }: World): string | undefined {
  if (commit !== undefined && head?.commit === commit) return head.committed.toISOString().replace(/\.\d{3}Z$/, 'Z');
  return commit === facts.commit ? facts.commitTime : undefined;
}

function identityOf({ inputs, facts }: SubjectQuestion, commit: string | undefined): readonly string[] {
  const { pipeline, variables, 'client-token': token } = inputs;
  const what = [pipeline.name, commit ?? '', ...variables.map(({ name, value }) => `${name}=${value}`)];
  if (token !== undefined) return [token, ...what];
  return facts.runId === undefined ? [randomUUID()] : [facts.ci, facts.runId, String(facts.attempt ?? 1), ...what];
}
