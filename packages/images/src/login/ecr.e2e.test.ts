import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Moto, startMoto } from '@eks-gitops/testbed';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import { openLogin } from './provider.ts';

const testMoto = await testNeeding('moto');

const registry = '123456789012.dkr.ecr.us-west-2.amazonaws.com';
const before = { ...process.env };
let moto: Moto;

beforeAll(async () => {
  moto = await startMoto();
}, 60_000);

afterEach(() => {
  process.env = { ...before };
});

afterAll(() => moto?.stop());

/** The AWS SDK reads the environment of the process. */
function useAws(variables: Readonly<Record<string, string>>): void {
  const none = {
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/nonexistent',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
  };
  Object.assign(process.env, none, variables);
}

const keys = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };

function login(env: Readonly<Record<string, string>> = {}) {
  const masked: string[] = [];
  const mask = (secret: string) => masked.push(secret);
  const find = openLogin({ mode: 'auto', registry, env, signal: AbortSignal.timeout(60_000), mask });
  return { find, masked };
}

for (const endpoint of ['AWS_ENDPOINT_URL_ECR', 'AWS_ENDPOINT_URL']) {
  testMoto(`AWS gives user and password, whenever it says they expire, at the endpoint of ${endpoint}`, async () => {
    useAws({ ...keys, [endpoint]: moto.url });
    const { find, masked } = login();
    const password = '123456789012-auth-token';
    expect(await find(registry, { renew: false })).toEqual({ kind: 'basic', username: 'AWS', password });
    expect(masked).toEqual(expect.arrayContaining([password, Buffer.from(`AWS:${password}`).toString('base64')]));
  });
}

testMoto('a docker credential helper that is broken does not stand in the way', async () => {
  useAws({ ...keys, AWS_ENDPOINT_URL_ECR: moto.url });
  const folder = mkdtempSync(join(tmpdir(), 'ecr-'));
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ credsStore: 'absent' }));
  const { find } = login({ DOCKER_CONFIG: folder });
  expect(await find(registry, { renew: false })).toMatchObject({ username: 'AWS' });
  rmSync(folder, { recursive: true });
});

testMoto('without credentials it says how to get some', async () => {
  useAws({ AWS_ENDPOINT_URL_ECR: moto.url });
  await expect(login().find(registry, { renew: false })).rejects.toMatchObject({
    code: 'ECR_LOGIN_FAILED',
    failure: { remedy: expect.stringContaining('id-token: write') },
  });
});

testMoto('an endpoint that cannot be reached is named as such', async () => {
  useAws({ ...keys, AWS_ENDPOINT_URL_ECR: 'http://127.0.0.1:9' });
  await expect(login().find(registry, { renew: false })).rejects.toMatchObject({
    code: 'ECR_LOGIN_FAILED',
    failure: { found: expect.stringContaining('ECONNREFUSED'), likely: expect.stringContaining('cannot be reached') },
  });
});
