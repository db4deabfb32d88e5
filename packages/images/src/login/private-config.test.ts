import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { makePrivateConfig } from './private-config.ts';

const root = mkdtempSync(join(tmpdir(), 'private-config-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const registry = 'registry.example.com';
const credentials = { kind: 'basic', username: 'u', password: 'p' } as const;

test('keeps what the user has, puts the login in, and leaves the user’s file alone', async () => {
  const from = join(root, 'user');
  mkdirSync(join(from, 'contexts'), { recursive: true });
  mkdirSync(join(from, 'cli-plugins'));
  const config = {
    credsStore: 'desktop',
    proxies: { default: { httpProxy: 'http://proxy' } },
    currentContext: 'far',
    auths: { other: {} },
  };
  writeFileSync(join(from, 'config.json'), JSON.stringify(config));
  writeFileSync(join(from, 'contexts/kept'), 'yes');

  const folder = join(root, 'private');
  const env = await makePrivateConfig({ env: { DOCKER_CONFIG: from }, folder, registry, credentials });

  expect(env).toEqual({ DOCKER_CONFIG: folder, DOCKER_AUTH_CONFIG: undefined });
  expect(JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'))).toEqual({
    ...config,
    credHelpers: { [registry]: '' },
    auths: { other: {}, [registry]: { auth: Buffer.from('u:p').toString('base64') } },
  });
  expect(readdirSync(folder).sort()).toEqual(['cli-plugins', 'config.json', 'contexts']);
  expect(readFileSync(join(folder, 'contexts/kept'), 'utf8')).toBe('yes');
  expect(statSync(join(folder, 'config.json')).mode & 0o777).toBe(0o600);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(JSON.parse(readFileSync(join(from, 'config.json'), 'utf8'))).toEqual(config);
});

test('starts from nothing where the user has no configuration, and can be made again with renewed credentials', async () => {
  const folder = join(root, 'new');
  const env = { DOCKER_CONFIG: join(root, 'absent') };
  await makePrivateConfig({ env, folder, registry, credentials });
  await makePrivateConfig({ env, folder, registry: 'docker.io', credentials: { kind: 'identity-token', token: 't' } });
  expect(JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'))).toEqual({
    credHelpers: { 'https://index.docker.io/v1/': '' },
    auths: { 'https://index.docker.io/v1/': { identitytoken: 't' } },
  });
});
