import { expect, test } from '@jest/globals';
import { defaultTags, expandTags, isFixedTag, type TagFacts } from './tag-template.ts';

const facts: TagFacts = {
  commit: { revision: `0123456789${'a'.repeat(30)}`, time: new Date('2026-11-23T10:00:00Z') },
  runTime: new Date('2026-11-23T11:22:33Z'),
  tagTime: 'commit',
};

test('by default the release tag holds the time of the commit, or of the run when asked', () => {
  expect(expandTags(defaultTags, facts)).toEqual(['i20261123100000-01234567', 'latest']);
  expect(expandTags(defaultTags, { ...facts, tagTime: 'run' })).toEqual(['i20261123112233-01234567', 'latest']);
});

test.each([
  ['{sha}', `0123456789${'a'.repeat(30)}`],
  ['{commit-time}.{run-time}', '20261123100000.20261123112233'],
  ['v1.2-{sha8}', 'v1.2-01234567'],
])('%s is %s', (template, tag) => {
  expect(expandTags([template], facts)).toEqual([tag]);
});

test('a tag that two templates give is there once', () => {
  expect(expandTags(['latest', 'i{time}-{sha8}', 'i{commit-time}-{sha8}', 'latest'], facts)).toEqual([
    'latest',
    'i20261123100000-01234567',
  ]);
});

test.each(['{branch}', '{toString}', 'a b', '-x', '', '{sha'])('"%s" is refused', template => {
  expect(() => expandTags([template], facts)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
});

test('only the form of a release tag is fixed', () => {
  expect(['i20261123100000-01234567', 'latest', 'v1', 'i2026-01234567'].map(isFixedTag)).toEqual([true, false, false, false]);
});
