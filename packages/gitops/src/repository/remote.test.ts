import { describe, expect, test } from '@jest/globals';
import { checkBranch, hideSecrets, parseRemote } from './remote.ts';

describe('the URL of a repository', () => {
  test.each([
    ['https://github.com/o/r.git', { kind: 'http', url: 'https://github.com/o/r.git', origin: 'https://github.com' }],
    ['http://localhost:8080/r', { kind: 'http', url: 'http://localhost:8080/r', origin: 'http://localhost:8080' }],
    ['https://user@host/r', { kind: 'http', url: 'https://host/r', origin: 'https://host' }],
    [
      'https://ci-token:a%40b@gitlab.com/o/r',
      {
        kind: 'http',
        url: 'https://gitlab.com/o/r',
        origin: 'https://gitlab.com',
        login: { username: 'ci-token', password: 'a@b' },
      },
    ],
    ['git@github.com:o/r.git', { kind: 'ssh', url: 'git@github.com:o/r.git', host: 'github.com' }],
    ['host:r', { kind: 'ssh', url: 'host:r', host: 'host' }],
    ['ssh://git@host:2222/r', { kind: 'ssh', url: 'ssh://git@host:2222/r', host: 'host' }],
    ['ssh://git:pw@host/r', { kind: 'ssh', url: 'ssh://git@host/r', host: 'host' }],
    ['/srv/a b%.git', { kind: 'file', url: 'file:///srv/a%20b%25.git' }],
    ['file:///srv/r.git', { kind: 'file', url: 'file:///srv/r.git' }],
    ['codecommit::eu-west-1://r', { kind: 'codecommit', repository: 'r', region: 'eu-west-1' }],
    ['codecommit://me@r', { kind: 'codecommit', repository: 'r', profile: 'me' }],
    ['codecommit::us-gov-west-1://me@r', { kind: 'codecommit', repository: 'r', region: 'us-gov-west-1', profile: 'me' }],
  ])('%s is read', (text, remote) => {
    expect(parseRemote(text)).toEqual(remote);
  });

  test.each([
    '',
    '-u',
    '--upload-pack=touch /tmp/x',
    'ext::sh -c touch% /tmp/x',
    'fd::17',
    'git://host/r',
    'ftp://host/r',
    'relative/path',
    './r',
    '-oProxyCommand=x:y',
    'https://',
    'ssh://-oProxyCommand=x/r',
  ])('%j is refused', text => {
    expect(() => parseRemote(text)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
  });

  test('does not give its password away when it is refused', () => {
    expect(() => parseRemote('ftp://me:secret@host/r')).toThrow('ftp://***@host/r');
  });
});

test.each([
  ['fatal: unable to access https://a:b@host/r', 'fatal: unable to access https://***@host/r'],
  ["'http://token@host'", "'http://***@host'"],
  ['git@host:r and https://host/a@b', 'git@host:r and https://host/a@b'],
  ['https://u:p@sECRET@host/r', 'https://***@host/r'],
  ['https://u:p/sECRET@host:1/r', 'https://***@host:1/r'],
])('secrets of %j are hidden', (text, hidden) => {
  expect(hideSecrets(text)).toBe(hidden);
});

describe('a branch', () => {
  test.each(['main', 'feature/a-b', 'release-1.2', 'ä'])('%s is one', branch => {
    expect(() => checkBranch(branch)).not.toThrow();
  });

  test.each([
    '',
    '-d',
    'a b',
    'a:b',
    'a..b',
    'a*',
    'a^',
    'a~1',
    'a\\b',
    'a//b',
    '/a',
    'a/',
    'a.lock',
    '.a',
    'a/.b',
    'a@{0}',
    '@',
    'a\n',
    'a.',
  ])('%j is none', branch => {
    expect(() => checkBranch(branch)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
  });
});
