import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { requireTool, startBuildkit, startMoto, startRegistry } from './index.ts';

describe('moto', () => {
  test('gives an ECR password that names the account', async () => {
    const moto = await startMoto();
    const response = await fetch(moto.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken',
        authorization: 'AWS4-HMAC-SHA256 Credential=AKID/20260101/us-west-2/ecr/aws4_request, SignedHeaders=host, Signature=0',
      },
      body: JSON.stringify({ registryIds: ['123456789012'] }),
    });
    const body = await response.text();
    await moto.stop();
    const token = /"authorizationToken": ?"([^"]+)"/.exec(body)?.[1] ?? body;
    expect(Buffer.from(token, 'base64').toString()).toBe('AWS:123456789012-auth-token');
    await expect(fetch(moto.url)).rejects.toThrow('fetch failed');
  });
});

describe('BuildKit', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'buildkit-test-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('builds, and pushes to a registry of plain HTTP', async () => {
    const registry = await startRegistry();
    const buildkit = await startBuildkit({ registries: [{ host: registry.host, http: true }] });
    const buildx = await requireTool('buildx');
    const env = { BUILDX_CONFIG: folder, DOCKER_CONFIG: folder };
    await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY Dockerfile /\n');
    await execa(buildx, ['create', '--name=tested', '--driver=remote', buildkit.address], { env });
    await execa(buildx, ['build', '--builder=tested', '--push', `--tag=${registry.host}/shop/ui:one`, folder], { env });
    const tags = await fetch(`${registry.url}/v2/shop/ui/tags/list`);
    expect(await tags.json()).toEqual({ name: 'shop/ui', tags: ['one'] });
    await Promise.all([buildkit.stop(), registry.stop()]);
  }, 60_000);

  test('leaves alone the place for traces that all daemons of a machine share, so that many can start at once', async () => {
    const madeAt = (): Promise<bigint | undefined> =>
      stat('/run/buildkit/otel-grpc.sock', { bigint: true }).then(
        ({ ctimeNs }) => ctimeNs,
        () => undefined,
      );
    const before = await madeAt();
    const buildkit = await startBuildkit();
    const during = await madeAt();
    await buildkit.stop();
    expect(during).toBe(before);
  });
});
