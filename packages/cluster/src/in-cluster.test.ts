import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { inClusterAccess } from './in-cluster.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'service-account-'));
});
afterAll(() => rm(folder, { recursive: true }));

const masked: string[] = [];
const mask = (secret: string): void => {
  masked.push(secret);
};
const env = { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' };

test("a pod talks to its cluster with its service account's token, read again when it is refused", async () => {
  await writeFile(join(folder, 'ca.crt'), 'CA');
  await writeFile(join(folder, 'token'), 'abc');
  const { server, credentials } = await inClusterAccess({ env, mask }, folder);
  expect(server).toEqual({ url: new URL('https://10.96.0.1'), authorities: 'CA', skipVerification: false, proxy: undefined });
  const first = await credentials.current();
  expect(first).toEqual({ authorization: 'Bearer abc' });
  await writeFile(join(folder, 'token'), 'def');
  expect(await credentials.renew(first)).toEqual({ authorization: 'Bearer def' });
  expect(masked).toEqual(['abc', 'def']);
});

test('an address of version 6 is one too', async () => {
  const { server } = await inClusterAccess({ env: { ...env, KUBERNETES_SERVICE_HOST: 'fd00::1' }, mask }, folder);
  expect(server.url.href).toBe('https://[fd00::1]/');
});

test.each([
  [{}, 'KUBERNETES_SERVICE_HOST'],
  [env, 'ca.crt'],
])('elsewhere it says what is missing: %j', async (given, words) => {
  await expect(inClusterAccess({ env: given, mask }, join(folder, 'none'))).rejects.toMatchObject({
    code: 'CLUSTER_INVALID',
    failure: { found: expect.stringContaining(words) },
  });
});
