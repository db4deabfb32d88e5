import { expect, test } from '@jest/globals';
import { outcomeOf } from './outcome.ts';
import type { Destination, Publication } from './publish-edit.ts';

const url = 'https://github.com/octo/gitops';
const push: Destination = { kind: 'push', verified: false };
const pullRequest: Destination = { kind: 'pull-request', head: 'deploy', labels: [], reviewers: [], draft: false };
const pull = { number: 7, url: `${url}/pull/7` };
const about = { result: undefined, files: ['a.yaml'] };
const none = { ...about, files: [] };

const table: readonly (readonly [string, Publication<unknown>, Destination, object])[] = [
  ['changed files are no commit', { kind: 'local', ...about }, { kind: 'local' }, { changed: true, commit: '' }],
  ['unchanged files', { kind: 'local', ...none }, { kind: 'local' }, { changed: false, commit: '' }],
  [
    'a push is its commit',
    { kind: 'pushed', url, branch: 'main', commit: 'c1', ...about },
    push,
    { changed: true, commit: 'c1', branch: 'main', sentence: `Committed 1 file as c1 to main of ${url}.` },
  ],
  [
    'nothing to push is the head',
    { kind: 'unchanged', url, branch: 'main', head: 'c0', ...none },
    push,
    { changed: false, commit: 'c0', branch: 'main' },
  ],
  [
    'nothing to propose is no commit',
    { kind: 'unchanged', url, branch: 'main', head: 'c0', ...none },
    pullRequest,
    { changed: false, commit: '' },
  ],
  [
    'a pull request has no commit, since its merge makes another',
    { kind: 'proposed', url, branch: 'deploy', changed: true, pull, ...about },
    pullRequest,
    { changed: true, commit: '', branch: 'deploy', pullRequest: { number: '7', url: pull.url } },
  ],
];

test.each(table)('%s', (_, publication, destination, outcome) => {
  expect(outcomeOf(publication, destination)).toMatchObject(outcome);
});
