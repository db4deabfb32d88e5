import { generateKeyPairSync } from 'node:crypto';
import { type AppOptions, loadPublishedApi } from '@eks-gitops/testbed';
import { afterEach, describe, expect, test } from '@jest/globals';
import { commitOverApi } from './commit-over-api.ts';
import { type InstallationTokenRequest, installationToken } from './installation-token.ts';
import { type LocalOptions, type LocalRepository, startLocalRepository } from './local-github.ts';

const published = await loadPublishedApi();
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
/** As GitHub gives it: PKCS #1. */
const pem = keys.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const publicKey = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();

let local: LocalRepository;
afterEach(async () => {
  const violations = local.github.violations();
  await local.stop();
  expect(violations).toEqual([]);
});

function app(installation: Partial<AppOptions['installations'][number]> = {}): AppOptions {
  const permissions = { contents: 'write', pull_requests: 'write', issues: 'write' } as const;
  const installations = [{ id: 77, repositories: ['octo/gitops', 'octo/other'], permissions, ...installation }];
  return { id: 4242, slug: 'gitops-bot', publicKey, installations };
}

async function start(more: LocalOptions = {}): Promise<void> {
  local = await startLocalRepository({ published, apps: [app()], ...more });
}

function mint(more: Partial<InstallationTokenRequest> = {}) {
  const { signal } = new AbortController();
  const { repository } = local.target();
  const request = { appId: '4242', privateKey: pem, repository, access: 'contents', signal, retryDelays: [10, 20] } as const;
  return installationToken({ ...request, deadline: new Date(Date.now() + 30_000), ...more });
}

test('an App’s token commits in the App’s name', async () => {
  await start();
  const { token, expires } = await mint();
  expect(expires.getTime()).toBeGreaterThan(Date.now());
  const changes = [{ path: 'apps/ui/deployment.yaml', content: Buffer.from('image: ui:2\n') }];
  await commitOverApi(local.target({ token }))({ branch: 'main', parent: local.head('main'), changes, message: 'Update ui' });
  expect(local.git('log', '-1', '--format=%an <%ae> %cn', 'main')).toBe(
    'gitops-bot[bot] <4242+gitops-bot[bot]@users.noreply.github.com> GitHub',
  );
});

test('a token is limited to the one repository and to the permissions that are needed', async () => {
  const bodies: unknown[] = [];
  await start({
    onRequest: ({ operation, body }) => {
      if (operation.endsWith('/access_tokens')) bodies.push(body);
      return undefined;
    },
  });
  await mint();
  await mint({ access: 'contents and pull requests', installationId: 77 });
  expect(bodies).toEqual([
    { repositories: ['gitops'], permissions: { contents: 'write' } },
    { repositories: ['gitops'], permissions: { contents: 'write', pull_requests: 'write' } },
  ]);
});

test('a token that has expired is refused', async () => {
  await start({ tokenLifetime: 0 });
  const { token } = await mint();
  const changes = [{ path: 'a.yaml', content: Buffer.from('a: 1\n') }];
  const request = { branch: 'main', parent: local.head('main'), changes, message: 'x' };
  await expect(commitOverApi(local.target({ token }))(request)).rejects.toMatchObject({ code: 'GITHUB_DENIED' });
});

test('a GitHub that fails once is asked again', async () => {
  await start({
    onRequest: ({ count }) => (count === 1 ? { kind: 'answer', status: 502, body: { message: 'Server Error' } } : undefined),
  });
  expect((await mint()).token).toMatch(/^ghs_/);
});

describe('refusals say what is wrong, and nothing of the key', () => {
  test.each([
    ['a key of another App', () => mint({ privateKey: otherKey() }), 'by this private key'],
    ['an App that does not exist', () => mint({ appId: '1' }), 'does not know the GitHub App 1'],
    ['an installation that does not exist', () => mint({ installationId: 1 }), 'is not installed on octo/gitops'],
  ])('%s', async (_, run, message) => {
    await start();
    await expect(run()).rejects.toMatchObject({ code: 'GITHUB_DENIED', message: expect.stringContaining(message) });
  });

  test('an App that is not installed on the repository', async () => {
    await start({ apps: [app({ repositories: ['octo/other'] })] });
    await expect(mint()).rejects.toMatchObject({ code: 'GITHUB_DENIED', message: expect.stringContaining('is not installed') });
  });

  test('an installation that lacks a permission', async () => {
    await start({ apps: [app({ permissions: { contents: 'write' } })] });
    await expect(mint({ access: 'contents and pull requests' })).rejects.toMatchObject({
      code: 'GITHUB_DENIED',
      failure: { expected: expect.stringContaining('contents: write and pull_requests: write') },
    });
  });
});

function otherKey(): string {
  return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
