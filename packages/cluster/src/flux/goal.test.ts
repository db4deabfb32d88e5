import { describe, expect, test } from '@jest/globals';
import { type FetchedRevision, type Goal, goalJudge } from './goal.ts';
import { isReferenceOf } from './image-named.ts';
import { isInScan } from './reconcile-image.ts';
import { parseRevision, shortRevision } from './revision.ts';

const ours = 'a'.repeat(40);
const other = 'b'.repeat(40);
const digest = `sha256:${'d'.repeat(64)}`;
const { signal } = new AbortController();

test.each([
  [`main@sha1:${ours}`, { reference: 'main', algorithm: 'sha1', hash: ours }],
  [`feature/a@b@sha1:${ours}`, { reference: 'feature/a@b', algorithm: 'sha1', hash: ours }],
  [`main/${ours}`, { reference: 'main', hash: ours }],
  [`latest@${digest}`, { reference: 'latest', algorithm: 'sha256', hash: 'd'.repeat(64) }],
  [digest, { algorithm: 'sha256' }],
  ['1.2.3', undefined],
  ['', undefined],
])('the revision %s is read', (text, revision) => {
  if (revision === undefined) expect(parseRevision(text)).toBeUndefined();
  else expect(parseRevision(text)).toMatchObject(revision);
});

test('a revision is short where a person reads it', () => {
  expect(shortRevision(`main@sha1:${ours}`)).toBe('main@sha1:aaaaaaaa');
  expect(shortRevision('1.2.3')).toBe('1.2.3');
});

describe('a goal', () => {
  const isContainedIn = async (commit: string) => commit === other;
  test.each<[string, Goal, FetchedRevision, string]>([
    ['any revision', { kind: 'any' }, { revision: 'x' }, 'reached'],
    ['the commit', { kind: 'commit', commit: ours }, { revision: `main@sha1:${ours}` }, 'reached'],
    ['another commit without a history', { kind: 'commit', commit: ours }, { revision: `main@sha1:${other}` }, 'unverified'],
    ['a later commit', { kind: 'commit', commit: ours, isContainedIn }, { revision: `main@sha1:${other}` }, 'superseded'],
    ['an earlier one', { kind: 'commit', commit: ours, isContainedIn }, { revision: `main@sha1:${'c'.repeat(40)}` }, 'missed'],
    ['an artifact of it', { kind: 'commit', commit: ours }, { revision: digest, origin: `main@sha1:${ours}` }, 'reached'],
    [
      'an artifact that tells none',
      { kind: 'commit', commit: ours, isContainedIn },
      { revision: `latest@${digest}` },
      'unverified',
    ],
    ['the digest', { kind: 'digest', digest }, { revision: `latest@${digest}`, origin: `main/${ours}` }, 'reached'],
    ['another digest', { kind: 'digest', digest }, { revision: `latest@sha256:${'e'.repeat(64)}` }, 'missed'],
  ])('is judged by %s', async (_, goal, fetched, verdict) => {
    expect(await goalJudge(goal)(fetched, signal)).toBe(verdict);
  });

  test('asks the repository once for each revision', async () => {
    const asked: string[] = [];
    const judge = goalJudge({
      kind: 'commit',
      commit: ours,
      isContainedIn: async commit => {
        asked.push(commit);
        return true;
      },
    });
    await judge({ revision: `main@sha1:${other}` }, signal);
    await judge({ revision: `main@sha1:${other}` }, signal);
    expect(asked).toEqual([other]);
  });
});

test.each([
  ['r.example/ui:7', true],
  ['r.example/ui:8', false],
  [`r.example/ui:8@${digest}`, true],
  [`r.example/ui@${digest}`, true],
  [`r.example/uix@${digest}`, false],
  [`r.example/ui:7@sha256:${'e'.repeat(64)}`, false],
  ['r.example/ui', false],
])('%s is a reference of the image: %j', (reference, expected) => {
  expect(isReferenceOf(reference, { name: 'r.example/ui', tag: '7', digest })).toBe(expected);
});

test.each([
  ['b', 2, true],
  ['a', 2, false],
  ['c', 9, false],
  ['a', 9, undefined],
])('whether %s was scanned, of %d tags with those latest: %j', (tag, tagCount, expected) => {
  expect(isInScan({ tagCount, latestTags: ['bb', 'b'] }, tag)).toBe(expected);
});
