import { ActionError } from '@eks-gitops/errors';
import { describe, expect, test } from '@jest/globals';
import { readInputs } from './read-inputs.ts';
import { repositoryInputs } from './repository-inputs.ts';
import { repositoryRequest } from './repository-request.ts';

const spelling = { name: (name: string) => name, give: (name: string) => `give ${name}` };

function request(given: Readonly<Record<string, string>>) {
  const inputs = readInputs({ inputs: repositoryInputs, given, spelling, blanksTell: false });
  const now = () => new Date('2026-11-23T10:00:00Z');
  return repositoryRequest(inputs, { workspace: '/work', env: {}, now, pullRequestBranch: 'eks-gitops/ui' });
}

test('without inputs the checkout in the workspace is pushed to, as fluxcdbot, for five minutes', () => {
  const bot = { name: 'fluxcdbot', email: 'fluxcdbot@users.noreply.github.com' };
  expect(request({})).toEqual({
    place: { kind: 'checkout', folder: '/work' },
    access: { kind: 'existing' },
    destination: { kind: 'push', verified: false },
    identity: { author: bot, committer: bot },
    github: {},
    deadline: new Date('2026-11-23T10:05:00Z'),
    idle: [],
  });
});

describe('the repository', () => {
  test.each([
    'https://github.com/shop/gitops',
    'ssh://git@example.com/gitops.git',
    'git@github.com:shop/gitops.git',
    'file:///srv/gitops.git',
    'codecommit::us-west-2://gitops',
    'codecommit://profile@gitops',
  ])('%s is a URL', repository => {
    expect(request({ repository }).place).toEqual({ kind: 'remote', url: repository });
  });

  test.each([
    ['gitops', '/work/gitops'],
    ['/srv/gitops', '/srv/gitops'],
    ['../gitops', '/gitops'],
  ])('%s is a folder', (repository, folder) => {
    expect(request({ repository }).place).toEqual({ kind: 'checkout', folder });
  });
});

describe('access', () => {
  test.each([
    [{ token: 't' }, { kind: 'token', username: 'x-access-token', token: 't' }],
    [
      { token: 't', 'token-user': 'oauth2' },
      { kind: 'token', username: 'oauth2', token: 't' },
    ],
    [{ 'ssh-key': 'k' }, { kind: 'ssh', privateKey: 'k' }],
    [
      { 'ssh-key': 'k', 'ssh-known-hosts': 'h' },
      { kind: 'ssh', privateKey: 'k', knownHosts: 'h' },
    ],
    [
      { 'app-id': '7', 'app-private-key': 'k' },
      { kind: 'app', appId: '7', privateKey: 'k' },
    ],
  ])('by %j', (given, access) => {
    expect(request(given).access).toEqual(access);
  });

  test.each([
    ['INPUT_INVALID', { token: 't', 'ssh-key': 'k' }],
    ['INPUT_MISSING', { 'token-user': 'oauth2' }],
    ['INPUT_MISSING', { 'ssh-known-hosts': 'h' }],
    ['INPUT_MISSING', { 'app-id': '7' }],
    ['INPUT_MISSING', { 'app-private-key': 'k' }],
  ])('is refused as %s by %j, and no secret is told', (code, given) => {
    const run = () => request(given);
    expect(run).toThrow(ActionError);
    expect(run).toThrow(expect.objectContaining({ code }));
  });
});

test('a pull request has the branch that is given, else its own', () => {
  expect(request({ mode: 'pull-request' }).destination).toMatchObject({ kind: 'pull-request', head: 'eks-gitops/ui' });
  const given = { mode: 'pull-request', 'push-branch': 'deploy', 'auto-merge': 'squash', labels: 'a,b' };
  expect(request(given).destination).toMatchObject({ head: 'deploy', autoMerge: 'squash', labels: ['a', 'b'] });
});

test.each([
  [{ mode: 'local', 'push-branch': 'x', verified: 'true', draft: 'true' }, ['draft', 'push-branch', 'verified']],
  [{ mode: 'push', labels: 'a', 'auto-merge': 'merge' }, ['labels', 'auto-merge']],
  [{ mode: 'pull-request', labels: 'a', 'auto-merge': 'merge' }, []],
])('what %j gives without effect is told', (given, idle) => {
  expect(request(given).idle).toEqual(idle);
});

test('no branch goes with the files that are checked out', () => {
  expect(() => request({ mode: 'local', branch: 'prod' })).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
});

test.each(['fluxcdbot', '<a@b>', 'A <a b>', 'A <a@b', 'A\nB <a@b>'])('%j is no author', author => {
  expect(() => request({ author })).toThrow('is not of the form Name <address>');
});
