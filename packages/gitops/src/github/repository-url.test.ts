import { describe, expect, test } from '@jest/globals';
import { githubRepositoryOf } from './repository-url.ts';

const enterprise = { serverUrl: 'https://git.example.com' };
const local = { serverUrl: 'http://localhost:3000', apiUrl: 'http://localhost:4000/' };

describe('a repository on GitHub', () => {
  test.each([
    ['https://github.com/octo/gitops', 'https://api.github.com'],
    ['https://github.com/octo/gitops.git', 'https://api.github.com'],
    ['https://GitHub.com/octo/gitops/', 'https://api.github.com'],
    ['https://x-access-token:secret@github.com/octo/gitops.git', 'https://api.github.com'],
    ['git@github.com:octo/gitops.git', 'https://api.github.com'],
    ['github.com:octo/gitops', 'https://api.github.com'],
    ['ssh://git@github.com/octo/gitops.git', 'https://api.github.com'],
    ['ssh://git@ssh.github.com:443/octo/gitops.git', 'https://api.github.com'],
    ['https://acme.ghe.com/octo/gitops', 'https://api.acme.ghe.com'],
    ['acme@acme.ghe.com:octo/gitops.git', 'https://api.acme.ghe.com'],
  ])('%s', (url, apiUrl) => {
    expect(githubRepositoryOf({ url })).toEqual({ owner: 'octo', name: 'gitops', apiUrl });
    expect(githubRepositoryOf({ url, ...enterprise })).toEqual({ owner: 'octo', name: 'gitops', apiUrl });
  });
});

describe('a repository on a server that is named', () => {
  test.each([
    ['https://git.example.com/octo/gitops.git', enterprise, 'https://git.example.com/api/v3'],
    ['git@git.example.com:octo/gitops.git', enterprise, 'https://git.example.com/api/v3'],
    ['ssh://git@git.example.com:2222/octo/gitops', enterprise, 'https://git.example.com/api/v3'],
    ['https://github.com/octo/gitops', { serverUrl: 'https://github.com' }, 'https://api.github.com'],
    ['https://acme.ghe.com/octo/gitops', { serverUrl: 'https://acme.ghe.com' }, 'https://api.acme.ghe.com'],
    ['http://localhost:3000/octo/gitops.git', local, 'http://localhost:4000'],
  ])('%s', (url, server, apiUrl) => {
    expect(githubRepositoryOf({ url, ...server })).toEqual({ owner: 'octo', name: 'gitops', apiUrl });
  });
});

describe('no repository on GitHub', () => {
  test.each([
    'https://gitlab.com/octo/gitops',
    'https://github.com.evil.example/octo/gitops',
    'https://evil.example/github.com/octo/gitops',
    'https://ghe.com/octo/gitops',
    'https://a.b.ghe.com/octo/gitops',
    'http://github.com/octo/gitops',
    'https://github.com/octo',
    'https://github.com/octo/gitops/tree/main',
    'https://github.com/octo/..',
    'https://github.com/octo/git%20ops',
    'https://git-codecommit.us-west-2.amazonaws.com/v1/repos/gitops',
    'codecommit::us-west-2://gitops',
    'http://git.example.com/octo/gitops',
    'http://localhost:3001/octo/gitops',
    'file:///srv/octo/gitops',
    '/srv/octo/gitops',
    'C:\\octo\\gitops',
    '',
  ])('%s', url => {
    expect(githubRepositoryOf({ url, ...enterprise })).toBeUndefined();
    expect(githubRepositoryOf({ url, ...local })).toBeUndefined();
  });
});
