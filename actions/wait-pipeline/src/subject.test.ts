import type { CiFacts } from '@eks-gitops/action';
import { expect, test } from '@jest/globals';
import { chooseSubject, type SubjectQuestion } from './subject.ts';

const [given, head, fact] = ['a', 'b', 'c'].map(digit => digit.repeat(40)) as [string, string, string];
const id = '11111111-1111-4111-8111-111111111111';
const committed = new Date('2026-11-25T09:59:00Z');
const github: CiFacts = { ci: 'github', commit: fact, runId: '7', attempt: 1, pullRequest: false };
const none: CiFacts = { ci: 'none', pullRequest: false };

type Inputs = SubjectQuestion['inputs'];

function choose(inputs: Partial<Inputs>, world: Partial<Omit<SubjectQuestion, 'inputs'>> = {}) {
  const all: Inputs = {
    pipeline: { name: 'shop', region: undefined },
    revision: undefined,
    'execution-id': undefined,
    start: false,
    'client-token': undefined,
    'source-action': undefined,
    variables: [],
    'commit-time': undefined,
    'begin-within': 300_000,
    ...inputs,
  };
  return chooseSubject({ inputs: all, head: undefined, facts: none, ...world });
}

function startOf(inputs: Partial<Inputs>, world: Partial<Omit<SubjectQuestion, 'inputs'>> = {}) {
  const subject = choose({ start: true, ...inputs }, world);
  if (subject.kind !== 'start') throw new Error(subject.kind);
  return subject.start;
}

test('the commit is that of the input, else HEAD, else the CI’s', () => {
  const world = { head: { commit: head, committed }, facts: github };
  expect(choose({ revision: given }, world)).toEqual({ kind: 'commit', commit: given, within: 300_000 });
  expect(choose({}, world)).toMatchObject({ commit: head });
  expect(choose({}, { facts: github })).toMatchObject({ commit: fact });
  expect(choose({ 'execution-id': id, revision: given }, world)).toEqual({ kind: 'execution', id, commit: given });
});

test('a pull request’s commit is none, and without one nothing can be followed', () => {
  for (const facts of [none, { ...github, pullRequest: true }]) {
    expect(() => choose({}, { facts })).toThrow(expect.objectContaining({ code: 'INPUT_MISSING' }));
  }
});

test('a start knows the time of the commit that is checked out, or that the CI builds', () => {
  expect(startOf({}, { head: { commit: head, committed } }).commitTime).toBe('2026-11-25T09:59:00Z');
  expect(startOf({ revision: given }, { head: { commit: head, committed } }).commitTime).toBeUndefined();
  expect(startOf({}, { facts: { ...github, commitTime: '2026-11-25T09:58:00Z' } }).commitTime).toBe('2026-11-25T09:58:00Z');
  expect(startOf({}).commit).toBeUndefined();
});

test('a start is the same for the same run and attempt, and another each time outside of a CI', () => {
  const of = (inputs: Partial<Inputs>, facts: CiFacts) => startOf(inputs, { facts }).identity;
  expect(of({}, github)).toEqual(of({}, github));
  expect(of({}, github)).not.toEqual(of({}, { ...github, attempt: 2 }));
  expect(of({}, github)).not.toEqual(of({ revision: given }, github));
  expect(of({ revision: given }, none)).not.toEqual(of({ revision: given }, none));
  expect(of({ revision: given, 'client-token': 'x' }, none)).toEqual(of({ revision: given, 'client-token': 'x' }, none));
});

test.each<Partial<Inputs>>([
  { start: true, 'execution-id': id },
  { revision: given, 'client-token': 'x' },
  { revision: given, 'source-action': 'x' },
  { revision: given, variables: [{ name: 'A', value: '1' }] },
])('%j contradicts itself', inputs => {
  expect(() => choose(inputs)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
});
