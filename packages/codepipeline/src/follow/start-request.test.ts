import { expect, test } from '@jest/globals';
import type { PipelineDefinition } from './definition.ts';
import { type Start, startRequest } from './start-request.ts';

const commit = 'a'.repeat(40);
const start: Start = { commit, commitTime: undefined, sourceAction: undefined, variables: [], identity: ['one'] };

function pipeline(providers: readonly string[], variables: readonly string[] = []): PipelineDefinition {
  const actions = providers.map((provider, index) => ({ name: `source${index}`, category: 'Source', provider }));
  return { stages: [{ name: 'Source', retries: false, actions }], variables };
}

test.each([
  ['CodeCommit', [{ action: 'source0', commit }]],
  ['CodeStarSourceConnection', [{ action: 'source0', commit }]],
])('a source of %s is told the commit', (provider, revisions) => {
  expect(startRequest(start, pipeline([provider]))).toMatchObject({ revisions, variables: [] });
});

test('of several git sources one is chosen', () => {
  const several = pipeline(['CodeCommit', 'S3', 'CodeCommit']);
  expect(startRequest({ ...start, sourceAction: 'source2' }, several).revisions).toEqual([{ action: 'source2', commit }]);
  expect(() => startRequest(start, several)).toThrow(expect.objectContaining({ code: 'INPUT_MISSING' }));
  expect(() => startRequest({ ...start, sourceAction: 'source1' }, several)).toThrow(
    expect.objectContaining({ code: 'INPUT_INVALID' }),
  );
});

test('a variable that is given wins over the commit', () => {
  const variables = [{ name: 'REVISION', value: 'mine' }];
  expect(startRequest({ ...start, variables }, pipeline(['S3'], ['REVISION'])).variables).toEqual(variables);
});

test('a pipeline that takes no commit is only started without one', () => {
  expect(() => startRequest(start, pipeline(['S3'], ['OTHER']))).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
  expect(startRequest({ ...start, commit: undefined }, pipeline(['S3']))).toMatchObject({ revisions: [], variables: [] });
});

test('the token is that of the identity, and one that AWS allows', () => {
  const token = (identity: readonly string[]) => startRequest({ ...start, identity }, pipeline(['GitHub'])).token;
  expect(token(['a', 'b'])).toMatch(/^[0-9a-f]{64}$/);
  expect(token(['a', 'b'])).toBe(token(['a', 'b']));
  expect(token(['a', 'b'])).not.toBe(token(['ab']));
});
