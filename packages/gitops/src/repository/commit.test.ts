import { describe, expect, test } from '@jest/globals';
import { backOff } from './back-off.ts';
import { ownSettings } from './checkout.ts';
import { nearestFirst, sparsePatterns } from './clone.ts';
import { importStream } from './commit.ts';
import { blobId, parseTree } from './tree-entries.ts';

test('a commit is told to git with its people, its message and the bytes of its files', () => {
  const stream = importStream({
    reference: 'refs/x',
    parent: 'c0ffee',
    changes: [{ path: 'a "b"\\c\nd', content: Buffer.from('é'), mode: '100755' }],
    message: 'One\n',
    identity: { author: { name: 'A <x>\n', email: 'a@b' }, committer: { name: 'C', email: 'c@d' } },
    now: new Date(12_345),
  });
  expect(stream.toString()).toBe(
    [
      'commit refs/x',
      'mark :1',
      'author A x <a@b> 12 +0000',
      'committer C <c@d> 12 +0000',
      'data 4',
      'One\n',
      'from c0ffee',
      'M 100755 inline "a \\"b\\"\\\\c\\nd"',
      'data 2',
      'é',
      'get-mark :1',
      '',
    ].join('\n'),
  );
});

test.each([
  ['', 'sha1', 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391'],
  ['', 'sha256', '473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813'],
] as const)('git calls the content %j by %s %s', (content, algorithm, id) => {
  expect(blobId(Buffer.from(content), algorithm)).toBe(id);
});

test('a tree is read with odd names', () => {
  expect(parseTree('040000 tree aa\tapps\x00100644 blob bb\tapps/a\tb\nc\0')).toEqual(
    new Map([
      ['apps', { mode: '040000', id: 'aa' }],
      ['apps/a\tb\nc', { mode: '100644', id: 'bb' }],
    ]),
  );
});

test('a configuration is read by scope, and the user’s and the machine’s are left out', () => {
  const listing =
    'system\0a.b\n1\0global\0http.x.extraheader\n2\0local\0core.bare\nfalse\0local\0http.sslverify\0worktree\0a.c\nx\ny\0';
  expect(ownSettings(listing)).toEqual([
    ['core.bare', 'false'],
    ['http.sslverify', 'true'],
    ['a.c', 'x\ny'],
  ]);
});

test.each([
  [['.'], undefined],
  [[], undefined],
  [['apps/ui/', './infra'], 'apps/ui\ninfra\n'],
  [['apps', ''], undefined],
  [['"quoted'], '"\\"quoted"\n'],
])('the paths %j are told to git as %j', (paths, lines) => {
  expect(sparsePatterns(paths)).toBe(lines);
});

test('branches like the missing one are told first', () => {
  expect(nearestFirst(['dev', 'main-2', 'x', 'Main'], 'main')).toEqual(['Main', 'main-2', 'dev', 'x']);
});

describe('the wait before another try', () => {
  test.each([
    [{ failed: 1, tryTime: 200, left: 60_000, random: 1 }, 800],
    [{ failed: 3, tryTime: 200, left: 60_000, random: 0.5 }, 1_200],
    [{ failed: 100, tryTime: 200, left: 60_000, random: 1 }, 12_800],
    [{ failed: 1, tryTime: 0, left: 60_000, random: 1 }, 40],
    [{ failed: 3, tryTime: 200, left: 1_000, random: 1 }, 600],
    [{ failed: 3, tryTime: 200, left: 100, random: 1 }, 0],
  ])('after %j is %i ms', (state, wait) => {
    expect(backOff(state)).toBe(wait);
  });
});
