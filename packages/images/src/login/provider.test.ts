import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { type LoginOptions, openLogin } from './provider.ts';

const folder = mkdtempSync(join(tmpdir(), 'login-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const registry = 'registry.example.com';
const base64 = (text: string) => Buffer.from(text).toString('base64');

function configure(config: unknown): Record<string, string> {
  const home = mkdtempSync(join(folder, 'home-'));
  mkdirSync(join(home, '.docker'));
  writeFileSync(join(home, '.docker/config.json'), typeof config === 'string' ? config : JSON.stringify(config));
  return { HOME: home, PATH: `${folder}:${process.env['PATH']}` };
}

/** A real helper program that answers by the protocol, counts its calls, and knows two servers. */
function installHelper(): void {
  const script = `#!/bin/sh
read server
echo "$1 $server" >> ${folder}/calls
case $server in
  registry.example.com) echo '{"ServerURL":"registry.example.com","Username":"h","Secret":"helper-secret"}' ;;
  token.example.com) echo '{"ServerURL":"x","Username":"<token>","Secret":"refresh"}' ;;
  https://index.docker.io/v1/) echo '{"ServerURL":"x","Username":"hub","Secret":"hub-secret"}' ;;
  broken.example.com) echo 'cannot open the keychain' >&2; exit 1 ;;
  *) echo 'credentials not found in native keychain'; exit 1 ;;
esac
`;
  writeFileSync(join(folder, 'docker-credential-test'), script, { mode: 0o755 });
}

function login(env: Record<string, string>, more: Partial<LoginOptions> = {}) {
  const masked: string[] = [];
  const provider = openLogin({
    mode: 'auto',
    registry,
    env,
    signal: new AbortController().signal,
    mask: secret => masked.push(secret),
    ...more,
  });
  return { masked, find: (asked = registry, renew = false) => provider(asked, { renew }) };
}

describe('the docker configuration', () => {
  installHelper();
  const basic = (username: string, password: string) => ({ kind: 'basic', username, password });

  test.each([
    ['nothing', {}, registry, { kind: 'anonymous' }],
    ['an auth', { auths: { [registry]: { auth: base64('u:p:w') } } }, registry, basic('u', 'p:w')],
    ['an auth under an address', { auths: { [`https://${registry}/v2/`]: { auth: base64('u:p') } } }, registry, basic('u', 'p')],
    [
      'an auth of a longer host',
      { auths: { [`${registry}.evil.example`]: { auth: base64('u:p') } } },
      registry,
      { kind: 'anonymous' },
    ],
    ['user and password', { auths: { [registry]: { username: 'u', password: 'p' } } }, registry, basic('u', 'p')],
    [
      'an identity token',
      { auths: { [registry]: { auth: base64('u:'), identitytoken: 't' } } },
      registry,
      { kind: 'identity-token', token: 't' },
    ],
    ['Docker Hub', { auths: { 'https://index.docker.io/v1/': { auth: base64('u:p') } } }, 'docker.io', basic('u', 'p')],
    [
      'a helper before an auth',
      { credHelpers: { [registry]: 'test' }, auths: { [registry]: { auth: base64('u:p') } } },
      registry,
      basic('h', 'helper-secret'),
    ],
    ['a store for all', { credsStore: 'test' }, 'token.example.com', { kind: 'identity-token', token: 'refresh' }],
    ['a store for Docker Hub', { credsStore: 'test' }, 'docker.io', basic('hub', 'hub-secret')],
    ['a store that has nothing', { credsStore: 'test' }, 'other.example.com', { kind: 'anonymous' }],
    [
      'a store, and no helper for this registry',
      { credsStore: 'test', credHelpers: { [registry]: '' } },
      registry,
      { kind: 'anonymous' },
    ],
  ])('%s', async (_, config, asked, expected) => {
    expect(await login(configure(config)).find(asked)).toEqual(expected);
  });

  test('gives way to DOCKER_AUTH_CONFIG', async () => {
    const env = {
      ...configure({ credsStore: 'test' }),
      DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { [registry]: { auth: base64('g:l') } } }),
    };
    expect(await login(env).find()).toEqual(basic('g', 'l'));
  });

  test('that is malformed, or whose helper fails or is absent, is an error with its words', async () => {
    await expect(login(configure('{"auths": []}')).find()).rejects.toMatchObject({ code: 'DOCKER_CONFIG_INVALID' });
    await expect(login(configure({ credsStore: 'test' })).find('broken.example.com')).rejects.toMatchObject({
      code: 'CREDENTIAL_HELPER_FAILED',
      failure: { found: 'cannot open the keychain' },
    });
    await expect(login(configure({ credsStore: 'absent' })).find()).rejects.toMatchObject({ code: 'CREDENTIAL_HELPER_FAILED' });
    await expect(login(configure({ credsStore: '../test' })).find()).rejects.toMatchObject({ code: 'CREDENTIAL_HELPER_FAILED' });
  });

  test('is asked once, and once more when a registry refuses', async () => {
    const { find } = login(configure({ credsStore: 'test' }));
    const calls = () => readFileSync(join(folder, 'calls'), 'utf8').split('\n').length;
    const before = calls();
    await Promise.all([find(), find(), find()]);
    expect(calls()).toBe(before + 1);
    await find(registry, true);
    expect(calls()).toBe(before + 2);
  });
});

test('a given user is shown to its registry alone', async () => {
  const { find } = login(configure({}), { user: { username: 'u', password: 'p' } });
  expect(await find()).toEqual({ kind: 'basic', username: 'u', password: 'p' });
  expect(await find('other.example.com')).toEqual({ kind: 'anonymous' });
});

test('passwords and their base64 forms are masked', async () => {
  const { find, masked } = login(configure({}), { user: { username: 'u', password: 'p' } });
  await find();
  expect(masked).toEqual(['p', base64('u:p')]);
});

test('login ecr refuses a registry that is not a private ECR registry', async () => {
  await expect(login(configure({}), { mode: 'ecr' }).find()).rejects.toMatchObject({ code: 'ECR_LOGIN_FAILED' });
});

test('login none asks AWS for no token', async () => {
  const ecr = '123456789012.dkr.ecr.us-west-2.amazonaws.com';
  expect(await login(configure({}), { mode: 'none', registry: ecr }).find(ecr)).toEqual({ kind: 'anonymous' });
});
