import { createHash } from 'node:crypto';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type Registry, type RegistryOptions, requestDepth, startProxy, startRegistry } from './index.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map(stop => stop()));
});

async function registryFor(options: RegistryOptions): Promise<Registry> {
  const registry = await startRegistry(options);
  stops.push(registry.stop);
  return registry;
}

const indexType = 'application/vnd.oci.image.index.v1+json';
const index = JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests: [] });
const basic = `Basic ${Buffer.from('AWS:secret').toString('base64')}`;

function putIndex({ url, tag, authorization }: { url: string; tag: string; authorization?: string }): Promise<Response> {
  const headers = { 'content-type': indexType, ...(authorization ? { authorization } : {}) };
  return fetch(`${url}/v2/shop/ui/manifests/${tag}`, { method: 'PUT', headers, body: index });
}

describe('an open registry', () => {
  test('takes and gives a manifest, and is gone after stop, which may be called twice', async () => {
    const { url, stop } = await registryFor({});
    expect((await putIndex({ url, tag: 'one' })).status).toBe(201);
    const read = await fetch(`${url}/v2/shop/ui/manifests/one`, { headers: { accept: indexType } });
    expect(read.headers.get('docker-content-digest')).toBe(`sha256:${createHash('sha256').update(index).digest('hex')}`);
    await stop();
    await stop();
    await expect(fetch(`${url}/v2/`)).rejects.toThrow('fetch failed');
  });
});

describe('a registry with a password', () => {
  test('lets in whoever knows it, and nobody else', async () => {
    const { url } = await registryFor({ password: { username: 'AWS', password: 'secret' } });
    const statuses = await Promise.all(
      [undefined, basic, 'Basic d3Jvbmc6d3Jvbmc='].map(async authorization => {
        const response = await fetch(`${url}/v2/`, { headers: authorization ? { authorization } : {} });
        return response.status;
      }),
    );
    expect(statuses).toEqual([401, 200, 401]);
  });
});

describe('a registry with tokens', () => {
  const scope = 'repository:shop/ui:pull,push';
  const askToken = async (url: string, authorization: string): Promise<{ status: number; token: string | undefined }> => {
    const challenge = (await fetch(`${url}/v2/`)).headers.get('www-authenticate') ?? '';
    const realm = /realm="([^"]+)"/.exec(challenge)?.[1];
    const service = /service="([^"]+)"/.exec(challenge)?.[1];
    const response = await fetch(`${realm}?service=${service}&scope=${scope}`, { headers: { authorization } });
    const { token } = (await response.json()) as { token?: string };
    return { status: response.status, token };
  };

  test('accepts the tokens of its own token server for the scope asked for', async () => {
    const { url, tokensIssued } = await registryFor({ token: { username: 'AWS', password: 'secret' } });
    const { token } = await askToken(url, basic);
    expect((await putIndex({ url, tag: 'one', authorization: `Bearer ${token}` })).status).toBe(201);
    expect((await askToken(url, 'Basic d3Jvbmc6d3Jvbmc=')).status).toBe(401);
    expect(tokensIssued()).toBe(1);
  });

  test('refuses an expired token', async () => {
    const { url } = await registryFor({ token: { username: 'AWS', password: 'secret', lifetime: -120 } });
    const { token } = await askToken(url, basic);
    const response = await putIndex({ url, tag: 'one', authorization: `Bearer ${token}` });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toContain('error="invalid_token"');
  });
});

describe('a registry with immutable tags', () => {
  test('refuses to put a tag again, even with the same manifest and by two at once, as Amazon ECR does', async () => {
    const { url } = await registryFor({ immutable: [/^latest$/] });
    const both = await Promise.all([putIndex({ url, tag: 'one' }), putIndex({ url, tag: 'one' })]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 400]);
    const refused = both.find(({ status }) => status === 400);
    expect(await refused?.json()).toEqual({
      errors: [
        {
          code: 'TAG_INVALID',
          message:
            "The image tag 'one' already exists in the 'shop/ui' repository and cannot be overwritten because the tag is immutable.",
        },
      ],
    });
  });

  test('lets an excluded tag move, and digests be put again', async () => {
    const { url } = await registryFor({ immutable: [/^latest$/], password: { username: 'AWS', password: 'secret' } });
    const digest = `sha256:${createHash('sha256').update(index).digest('hex')}`;
    for (const tag of ['latest', 'latest', digest, digest]) {
      expect((await putIndex({ url, tag, authorization: basic })).status).toBe(201);
    }
    expect((await putIndex({ url, tag: 'one', authorization: basic })).status).toBe(201);
    expect((await putIndex({ url, tag: 'one', authorization: basic })).status).toBe(400);
    expect((await putIndex({ url, tag: 'latest' })).status).toBe(401);
  });
});

describe('a recording proxy', () => {
  test('records what went over the wire, and how deep it was', async () => {
    const { url: target } = await registryFor({});
    const proxy = await startProxy({ target });
    stops.push(proxy.stop);
    await putIndex({ url: proxy.url, tag: 'one' });
    await Promise.all([1, 2, 3].map(() => fetch(`${proxy.url}/v2/`).then(response => response.text())));
    expect(proxy.requests().map(({ method, path, status }) => `${method} ${path} ${status}`)).toEqual([
      'PUT /v2/shop/ui/manifests/one 201',
      ...Array(3).fill('GET /v2/ 200'),
    ]);
    expect(requestDepth(proxy.requests())).toBeGreaterThanOrEqual(2);
    expect(requestDepth(proxy.requests())).toBeLessThan(5);
  });

  test('answers and breaks the requests that a test chooses', async () => {
    const { url: target } = await registryFor({});
    const proxy = await startProxy({
      target,
      onRequest: ({ path, count }) => {
        if (path === '/v2/' && count <= 2) return { kind: 'answer', status: 503, headers: { 'retry-after': '1' } };
        if (path === '/broken') return { kind: 'reset' };
        return undefined;
      },
    });
    stops.push(proxy.stop);
    const statuses = [];
    for (const _ of [1, 2, 3]) statuses.push((await fetch(`${proxy.url}/v2/`)).status);
    expect(statuses).toEqual([503, 503, 200]);
    await expect(fetch(`${proxy.url}/broken`)).rejects.toThrow('fetch failed');
    expect(proxy.requests().at(-1)).toMatchObject({ path: '/broken', status: undefined });
  });
});
