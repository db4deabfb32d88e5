import { expect, test } from '@jest/globals';
import { autoMergeNotice } from './auto-merge.ts';
import { commitInput } from './commit-over-api.ts';
import { blobId, fileFields, holdsFiles } from './file-identity.ts';
import { splitReviewers } from './reviewers.ts';

const sha1 = 'a'.repeat(40);

test('a commit’s input names the repository, the head that is expected, and the files in base64', () => {
  const changes = [{ path: 'apps/ü.yaml', content: new Uint8Array([0xff, 0x0a]) }];
  const request = { branch: 'release/1', parent: sha1, changes, message: 'Update\n\nA: 1\n' };
  expect(commitInput({ owner: 'octo', name: 'gitops', apiUrl: 'https://api.github.com' }, request)).toEqual({
    branch: { repositoryNameWithOwner: 'octo/gitops', branchName: 'release/1' },
    expectedHeadOid: sha1,
    message: { headline: 'Update', body: 'A: 1' },
    fileChanges: { additions: [{ path: 'apps/ü.yaml', contents: '/wo=' }] },
  });
});

test.each([
  ['', sha1, 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391'],
  ['hello\n', sha1, 'ce013625030ba8dba906f756967f9e9ca394464a'],
  ['', 'a'.repeat(64), '473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813'],
])('the blob of %j in a repository of %s is %s, as git says', (content, commit, expected) => {
  expect(blobId(Buffer.from(content), commit)).toBe(expected);
});

test('files are asked for by variables, never by their names in the query', () => {
  const changes = ['a.yaml', '") { evil }'].map(path => ({ path, content: new Uint8Array() }));
  expect(fileFields(changes)).toEqual({
    declarations: ', $p0: String!, $p1: String!',
    fields: 'f0: file(path: $p0) { oid } f1: file(path: $p1) { oid }',
    variables: { p0: 'a.yaml', p1: '") { evil }' },
  });
});

test('a commit holds files when each is there with the same bytes', () => {
  const changes = [{ path: 'a.yaml', content: Buffer.from('hello\n') }];
  const same = { oid: 'ce013625030ba8dba906f756967f9e9ca394464a' };
  expect(holdsFiles({ oid: sha1, f0: same }, changes)).toBe(true);
  expect(holdsFiles({ oid: sha1, f0: { oid: sha1 } }, changes)).toBe(false);
  expect(holdsFiles({ oid: sha1, f0: null }, changes)).toBe(false);
});

test('reviewers are users and teams, a team by its slug alone', () => {
  expect(splitReviewers(['mona', 'octo/platform', 'hubot'])).toEqual({
    reviewers: ['mona', 'hubot'],
    team_reviewers: ['platform'],
  });
});

test.each([
  ['Auto merge is not allowed for this repository', 'Allow auto-merge in the repository’s settings'],
  ['Pull request Pull request is in clean status', 'merge it by hand, or require a check'],
  ['Pull request Protected branch rules not configured for this branch', 'merge it by hand, or require a check'],
  ['Pull request is in draft', 'Merge it by hand, or look'],
])('auto-merge that is refused with "%s" tells what to do', (words, advice) => {
  const notice = autoMergeNotice({ number: 7, words: [words] });
  expect(notice).toContain('The pull request #7 will not merge by itself');
  expect(notice).toContain(advice);
});
