import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, jest, test } from '@jest/globals';
import type { Finished } from './e2e-world.ts';

jest.setTimeout(180_000);

let seen: Readonly<Record<'plain' | 'renewed' | 'given', Finished>>;

beforeAll(async () => {
  const alone = ['--net', '--mount', '--pid', '--fork', '--mount-proc', '--kill-child'];
  const journey = join(import.meta.dirname, 'ecr-journey.ts');
  const { stdout } = await promisify(execFile)('unshare', [...alone, process.execPath, journey], { maxBuffer: 64_000_000 });
  seen = JSON.parse(stdout);
});

test('a build is pushed to Amazon ECR, by its own host name, with a token of AWS that is never printed', () => {
  const { exitCode, outputs, log } = seen.plain;
  expect(exitCode).toBe(0);
  expect(outputs).toMatchObject({
    digest: expect.stringMatching(/^sha256:/),
    image: expect.stringMatching(/^123456789012\.dkr\.ecr\.us-west-2\.amazonaws\.com\/shop\/ui@sha256:/),
  });
  expect(log).not.toContain('auth-token');
});

test('a login of the docker configuration that has expired is replaced by a token of AWS', () => {
  expect(seen.renewed).toMatchObject({ exitCode: 0, outputs: { platform: 'linux/amd64' } });
});

test('login: none shows the docker configuration’s login alone', () => {
  expect(seen.given).toMatchObject({ exitCode: 1, error: { code: 'REGISTRY_DENIED' } });
});
