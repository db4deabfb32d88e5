import { afterEach, describe, expect, test } from '@jest/globals';
import { findAwsCredentials } from './aws-credentials.ts';
import { codeCommitUrl, openCodeCommit } from './codecommit.ts';
import { signCodeCommit } from './codecommit-signature.ts';

const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };

/** Made with git-remote-codecommit's `sign` on botocore 1.44.8. */
test.each([
  [
    {
      host: 'git-codecommit.us-west-2.amazonaws.com',
      path: '/v1/repos/gitops',
      region: 'us-west-2',
      now: '2026-11-24T01:02:03.999Z',
    },
    '20261124T010203Z5e7411ad4b9a402b214d3a83fc3578e4450ca56a18d62d381fa544d46f322c59',
  ],
  [
    {
      host: 'git-codecommit.cn-north-1.amazonaws.com.cn',
      path: '/v1/repos/a.b-c_d',
      region: 'cn-north-1',
      now: '2025-01-01T23:59:59Z',
    },
    '20250101T235959Z5775e54c61b687994183c1f9a4e72aabda0547347ff0c57cb445fd537db58f06',
  ],
])('the password for %j is that of git-remote-codecommit', async ({ now, ...request }, password) => {
  expect(await signCodeCommit({ ...request, credentials, now: new Date(now) })).toBe(password);
});

describe('the URL', () => {
  test.each([
    [{ repository: 'r', region: 'eu-west-1' }, {}, 'https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/r'],
    [{ repository: 'r' }, { AWS_REGION: 'us-east-1' }, 'https://git-codecommit.us-east-1.amazonaws.com/v1/repos/r'],
    [{ repository: 'r' }, { AWS_DEFAULT_REGION: 'cn-north-1' }, 'https://git-codecommit.cn-north-1.amazonaws.com.cn/v1/repos/r'],
  ])('of %j with %j is %s', (remote, env, url) => {
    expect(codeCommitUrl({ kind: 'codecommit', ...remote }, env)).toBe(url);
  });

  test('needs a region', () => {
    expect(() => codeCommitUrl({ kind: 'codecommit', repository: 'r' }, {})).toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID' }),
    );
  });
});

describe('a login', () => {
  const open = (host: string, env = {}) =>
    openCodeCommit({ remote: { kind: 'http', url: `https://${host}/v1/repos/r`, origin: `https://${host}` }, env });

  test.each([
    'git-codecommit.us-west-2.amazonaws.com',
    'git-codecommit-fips.us-east-1.amazonaws.com',
    'git-codecommit.cn-north-1.amazonaws.com.cn',
  ])('to %s is made of the environment, with the session in the user name', async host => {
    const env = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'session' };
    const { env: given } = await open(host, env).settings();
    expect(given['EKS_GITOPS_GIT_USERNAME']).toBe('id%session');
    expect(given['EKS_GITOPS_GIT_PASSWORD']).toMatch(/^\d{8}T\d{6}Z[0-9a-f]{64}$/);
  });

  test.each(['github.com', 'git-codecommit.us-west-2.amazonaws.com.evil.example', 'evil-git-codecommit.us-west-2.amazonaws.com'])(
    'to %s is refused',
    host => {
      expect(() => open(host)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
    },
  );

  test('without credentials fails, and says how to get them', async () => {
    for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
    const none = {
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/nonexistent',
      AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
    };
    Object.assign(process.env, none);
    await expect(findAwsCredentials({ env: {} })()).rejects.toMatchObject({ code: 'AWS_CREDENTIALS_MISSING' });
  });
});
