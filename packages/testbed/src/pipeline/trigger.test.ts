import { describe, expect, test } from '@jest/globals';
import type { PipelineDefinition, Rule } from './definition.ts';
import { matchesPattern } from './event-pattern.ts';
import { triggerOf } from './trigger.ts';
import { fillVariables } from './variables.ts';

const event = { source: 'aws.codecommit', resources: ['arn:a'], detail: { referenceName: 'main', commitId: 'abc' } };

describe('an event fits', () => {
  test.each([
    [{ source: ['aws.codecommit'] }, true],
    [{ source: ['aws.s3', 'aws.codecommit'], resources: ['arn:a'] }, true],
    [{ detail: { referenceName: [{ prefix: 'ma' }] } }, true],
    [{ detail: { referenceName: ['feature'] } }, false],
    [{ detail: { referenceType: ['branch'] } }, false],
  ])('%j: %s', (pattern, answer) => {
    expect(matchesPattern(event, pattern)).toBe(answer);
  });
});

test('an event starts the pipeline at the commit that the rule hands over, unless the rule does not fit or is disabled', () => {
  const template = '{"sourceRevisions":[{"actionName":"source","revisionType":"COMMIT_ID","revisionValue":"<commit>"}]}';
  const target = {
    Arn: 'arn:aws:codepipeline:us-west-2:123456789012:shop',
    InputTransformer: { InputPathsMap: { commit: '$.detail.commitId' }, InputTemplate: template },
  };
  const rule = { EventPattern: { source: ['aws.codecommit'] }, State: 'ENABLED', Targets: [target] };
  const definition = (changed: Partial<Rule>): PipelineDefinition => ({
    pipeline: { Name: 'shop', PipelineType: 'V2', RoleArn: '', Stages: [], Variables: [] },
    projects: new Map(),
    rules: [{ ...rule, ...changed }],
  });
  expect(triggerOf(event, definition({}))).toEqual({ revisions: new Map([['source', 'abc']]) });
  expect(triggerOf(event, definition({ State: 'DISABLED' }))).toBeUndefined();
  expect(triggerOf(event, definition({ EventPattern: { source: ['aws.s3'] } }))).toBeUndefined();
  expect(triggerOf(event, definition({ Targets: [{ Arn: 'arn:aws:sns:us-west-2:123456789012:topic' }] }))).toBeUndefined();
});

test('variables are filled in, and one without a value fails', () => {
  const variables = new Map([['source', { CommitId: 'abc' }]]);
  expect(fillVariables('a #{source.CommitId}, not #{}', variables)).toBe('a abc, not #{}');
  expect(() => fillVariables('#{source.Branch}', variables)).toThrow('#{source.Branch}');
});
