import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import {
  type RecordingProxy,
  type RequestHook,
  startProxy,
  startRegistry,
  type RegistryOptions as TestRegistryOptions,
} from '@eks-gitops/testbed';
import { afterEach, describe, expect, test } from '@jest/globals';

import type { CredentialProvider, Credentials } from '../credentials.ts';
import { parseRepository } from '../reference.ts';
import { digestOf, mediaTypes, openRegistry, type Registry, type RegistryOptions } from './index.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map(stop => stop()));
});

const anonymous: CredentialProvider = async () => ({ kind: 'anonymous' });
const right: Credentials = { kind: 'basic', username: 'AWS', password: 'secret' };
const wrong: Credentials = { kind: 'basic', username: 'AWS', password: 'hunter2' };
const index = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [] }));

interface Client extends Partial<RegistryOptions> {
  readonly server?: TestRegistryOptions;
  readonly onRequest?: RequestHook;
}

/** A real registry behind a proxy that tests can disturb, and a client of it. */
async function start({ server = {}, onRequest, ...options }: Client = {}) {
  const real = await startRegistry(server);
  const proxy = await startProxy({ target: real.url, ...(onRequest ? { onRequest } : {}) });
  const notices: string[] = [];
  const registry = openRegistry({
    credentials: anonymous,
    signal: new AbortController().signal,
    onNotice: notice => notices.push(notice),
    retryDelays: [10, 20],
    ...options,
  });
  stops.push(registry.close, proxy.stop, real.stop);
  const repository = parseRepository(`${proxy.host}/shop/ui`);
  return { real, proxy, registry, repository, notices };
}

function putIndex(registry: Registry, { proxy, tag = 'one' }: { proxy: RecordingProxy; tag?: string }) {
  const reference = { ...parseRepository(`${proxy.host}/shop/ui`), tag };
  return registry.putManifest({ reference, mediaType: mediaTypes.ociIndex, bytes: index, tries: 'repeated' });
}

async function portOf(server: Server): Promise<number> {
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const pings = (proxy: RecordingProxy) => proxy.requests().filter(({ path }) => path === '/v2/').length;

describe('manifests and blobs', () => {
  test('what was put is read back by tag and by digest; what is not there is undefined, or REGISTRY_NOT_FOUND', async () => {
    const { registry, proxy, repository } = await start();
    const digest = await putIndex(registry, { proxy });
    const byTag = await registry.getManifest({ ...repository, tag: 'one' });
    expect(byTag).toEqual({ mediaType: mediaTypes.ociIndex, digest, bytes: index });
    expect(await registry.getManifest({ ...repository, digest })).toEqual(byTag);
    expect(await registry.headManifest({ ...repository, tag: 'one' })).toEqual({ mediaType: mediaTypes.ociIndex, digest });
    expect(await registry.findManifest({ ...repository, tag: 'two' })).toBeUndefined();
    expect(await registry.headManifest({ ...repository, tag: 'two' })).toBeUndefined();
    await expect(registry.getManifest({ ...repository, tag: 'two' })).rejects.toMatchObject({ code: 'REGISTRY_NOT_FOUND' });
  });

  test('a blob of some megabytes is streamed up and down, and mounted into another repository without a byte', async () => {
    const { registry, repository, proxy } = await start();
    const bytes = randomBytes(3_000_000);
    const digest = digestOf(bytes);
    const blob = {
      digest,
      size: bytes.length,
      open: async () => Readable.from([bytes.subarray(0, 1_000_000), bytes.subarray(1_000_000)]),
    };
    expect(await registry.hasBlob({ repository, digest })).toBe(false);
    expect(await registry.putBlob({ ...blob, repository })).toBe('uploaded');
    expect((await buffer(await registry.openBlob({ repository, digest }))).equals(bytes)).toBe(true);
    const other = parseRepository(`${proxy.host}/shop/api`);
    expect(await registry.putBlob({ ...blob, repository: other, from: repository })).toBe('mounted');
    expect(await registry.hasBlob({ repository: other, digest })).toBe(true);
    const absent = parseRepository(`${proxy.host}/shop/absent`);
    expect(await registry.putBlob({ ...blob, repository: parseRepository(`${proxy.host}/shop/web`), from: absent })).toBe(
      'uploaded',
    );
  });

  test('content that is not what its digest says is DIGEST_MISMATCH, whole or streamed', async () => {
    const altered: RequestHook = async ({ method, path }) =>
      method === 'GET' && /blobs|manifests/.test(path) ? { kind: 'answer', status: 200, body: '{"altered":true}' } : undefined;
    const { registry, repository } = await start({ onRequest: altered });
    const digest = digestOf(index);
    const code = { code: 'DIGEST_MISMATCH' };
    await expect(registry.getManifest({ ...repository, digest })).rejects.toMatchObject(code);
    await expect(registry.getBlob({ repository, digest })).rejects.toMatchObject(code);
    await expect(registry.openBlob({ repository, digest }).then(buffer)).rejects.toMatchObject(code);
  });

  test('a registry that says it stored something else is DIGEST_MISMATCH', async () => {
    const liar: RequestHook = async ({ method, path }) =>
      method === 'PUT' && path.includes('manifests')
        ? { kind: 'answer', status: 201, headers: { 'docker-content-digest': `sha256:${'0'.repeat(64)}` } }
        : undefined;
    const { registry, proxy } = await start({ onRequest: liar });
    await expect(putIndex(registry, { proxy })).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
  });

  test('a registry that does not say what it stored is asked', async () => {
    const silent: RequestHook = async ({ method, path }) =>
      method === 'PUT' && path.includes('manifests') ? { kind: 'answer', status: 201 } : undefined;
    const { registry, proxy } = await start({ onRequest: silent });
    await expect(putIndex(registry, { proxy })).rejects.toMatchObject({ code: 'DIGEST_MISMATCH', failure: { found: 'nothing' } });
  });

  test('an answer without end is not read to its end', async () => {
    const huge = 'x'.repeat(5_000_000);
    const { registry, repository } = await start({
      onRequest: async ({ path }) => (path === '/v2/' ? undefined : { kind: 'answer', status: 200, body: huge }),
    });
    await expect(registry.getManifest({ ...repository, tag: 'one' })).rejects.toMatchObject({ code: 'REGISTRY_RESPONSE' });
  });

  test('a tag that exists in an immutable repository is TAG_IMMUTABLE, with the words of the registry', async () => {
    const { registry, proxy } = await start({ server: { immutable: true } });
    await putIndex(registry, { proxy });
    await expect(putIndex(registry, { proxy })).rejects.toMatchObject({
      code: 'TAG_IMMUTABLE',
      failure: { detail: expect.stringContaining("'one' already exists") },
    });
  });
});

describe('authentication', () => {
  const password = { username: 'AWS', password: 'secret' };

  test('many requests at once learn by one ping, and ask for credentials once', async () => {
    let asked = 0;
    const credentials: CredentialProvider = async () => {
      asked += 1;
      return right;
    };
    const { registry, repository, proxy } = await start({ server: { password }, credentials });
    await Promise.all(['a', 'b', 'c', 'd'].map(tag => registry.findManifest({ ...repository, tag })));
    expect([pings(proxy), asked]).toEqual([1, 1]);
  });

  test('a wrong password is REGISTRY_DENIED after fresh credentials were asked for, and is not shown again when they are the same', async () => {
    const renewals: boolean[] = [];
    const credentials: CredentialProvider = async (_, { renew }) => {
      renewals.push(renew);
      return wrong;
    };
    const { registry, repository, proxy } = await start({ server: { password }, credentials });
    const error = await registry.getManifest({ ...repository, tag: 'one' }).catch(thrown => thrown);
    expect(error).toMatchObject({ code: 'REGISTRY_DENIED', failure: { found: expect.stringContaining('401') } });
    expect(JSON.stringify(error.failure)).not.toContain('hunter2');
    expect([renewals, proxy.requests().length]).toEqual([[false, true], 2]);
  });

  test('an expired token is renewed once for all requests under way', async () => {
    const renewals: boolean[] = [];
    const credentials: CredentialProvider = async (_, { renew }) => {
      renewals.push(renew);
      return renew ? right : wrong;
    };
    const { registry, repository, proxy } = await start({ server: { password }, credentials });
    const found = await Promise.all(['a', 'b', 'c', 'd'].map(tag => registry.findManifest({ ...repository, tag })));
    expect(found).toEqual([undefined, undefined, undefined, undefined]);
    expect([renewals, pings(proxy)]).toEqual([[false, true], 1]);
  });

  test('a token that has expired for good is REGISTRY_DENIED after one more try', async () => {
    const { registry, repository, real } = await start({
      server: { token: { ...password, lifetime: -1000, overstatement: 2000 } },
      credentials: async () => right,
    });
    await expect(registry.getManifest({ ...repository, tag: 'one' })).rejects.toMatchObject({ code: 'REGISTRY_DENIED' });
    expect(real.tokensIssued()).toBe(2);
  });

  test('one bearer token serves reading and writing of a repository that will be written, another each other repository', async () => {
    const { registry: _, proxy, repository, real } = await start({ server: { token: password }, credentials: async () => right });
    const registry = openRegistry({ credentials: async () => right, signal: new AbortController().signal, writes: [repository] });
    await Promise.all(['a', 'b'].map(tag => registry.findManifest({ ...repository, tag })));
    await putIndex(registry, { proxy });
    expect(real.tokensIssued()).toBe(1);
    await registry.findManifest({ ...parseRepository(`${proxy.host}/shop/api`), tag: 'a' });
    expect(real.tokensIssued()).toBe(2);
  });

  test('a blob is mounted with one token for both repositories', async () => {
    const { registry, proxy, repository } = await start({ server: { token: password }, credentials: async () => right });
    const bytes = Buffer.from('blob');
    const blob = { digest: digestOf(bytes), size: 4, open: async () => Readable.from([bytes]) };
    await registry.putBlob({ ...blob, repository });
    const to = parseRepository(`${proxy.host}/shop/api`);
    expect(await registry.putBlob({ ...blob, repository: to, from: repository })).toBe('mounted');
  });

  test('a wrong password at the token server is REGISTRY_DENIED', async () => {
    const { registry, repository } = await start({ server: { token: password }, credentials: async () => wrong });
    await expect(registry.getManifest({ ...repository, tag: 'one' })).rejects.toMatchObject({
      code: 'REGISTRY_DENIED',
      failure: { detail: expect.stringContaining('incorrect username or password') },
    });
  });

  test('an identity token is exchanged for a bearer token by a form, and never shown to the registry', async () => {
    const forms: string[] = [];
    const tokens = await startProxy({
      target: 'http://127.0.0.1:9',
      onRequest: async ({ method, headers }) => {
        forms.push(`${method} ${headers['content-type']}`);
        return { kind: 'answer', status: 200, body: '{"access_token":"short-lived","expires_in":300}' };
      },
    });
    stops.push(tokens.stop);
    const challenge = { 'www-authenticate': `Bearer realm="${tokens.url}/oauth2/token",service="x"` };
    const { registry, repository, proxy } = await start({
      onRequest: async ({ path }) => (path === '/v2/' ? { kind: 'answer', status: 401, headers: challenge } : undefined),
      credentials: async () => ({ kind: 'identity-token', token: 'long-lived' }),
    });
    await registry.findManifest({ ...repository, tag: 'one' });
    expect(forms).toEqual(['POST application/x-www-form-urlencoded']);
    expect(proxy.requests().map(({ headers }) => headers.authorization)).toEqual([undefined, 'Bearer short-lived']);
  });

  test('a registry that sends for its token to a foreign host gets no credentials shown there', async () => {
    const challenge = { 'www-authenticate': 'Bearer realm="https://tokens.example.org/token",service="x"' };
    const { registry, repository, proxy } = await start({
      onRequest: async () => ({ kind: 'answer', status: 401, headers: challenge }),
      credentials: async () => right,
    });
    await expect(registry.getManifest({ ...repository, tag: 'one' })).rejects.toMatchObject({
      code: 'REGISTRY_DENIED',
      failure: { found: 'https://tokens.example.org/token' },
    });
    expect(proxy.requests().some(({ headers }) => headers.authorization !== undefined)).toBe(false);
  });
});

describe('redirects', () => {
  test('lead to another host without the credentials, and back to content that is verified', async () => {
    const bytes = Buffer.from('{}');
    const store = await startProxy({
      target: 'http://127.0.0.1:9',
      onRequest: async () => ({ kind: 'answer', status: 200, body: '{}' }),
    });
    stops.push(store.stop);
    const { registry, repository, proxy } = await start({
      server: { password: { username: 'AWS', password: 'secret' } },
      credentials: async () => right,
      onRequest: async ({ path }) =>
        path.includes('/blobs/')
          ? { kind: 'answer', status: 307, headers: { location: `${store.url}/bucket/key?signed=1` } }
          : undefined,
    });
    expect(Buffer.from(await registry.getBlob({ repository, digest: digestOf(bytes) }))).toEqual(bytes);
    const blobRequest = proxy.requests().find(({ path }) => path.includes('/blobs/'));
    expect(blobRequest?.headers.authorization).toMatch(/^Basic /);
    expect(store.requests()[0]).toMatchObject({ path: '/bucket/key?signed=1' });
    expect(store.requests()[0]?.headers.authorization).toBeUndefined();
  });

  test('in a circle end in REGISTRY_RESPONSE', async () => {
    const { registry, repository, proxy } = await start({
      onRequest: async ({ path }) =>
        path.includes('/blobs/') ? { kind: 'answer', status: 307, headers: { location: path } } : undefined,
    });
    await expect(registry.getBlob({ repository, digest: digestOf(index) })).rejects.toMatchObject({ code: 'REGISTRY_RESPONSE' });
    expect(proxy.requests().filter(({ path }) => path.includes('/blobs/')).length).toBe(6);
  });
});

describe('faults that pass', () => {
  const failing =
    (answer: Awaited<ReturnType<RequestHook>>): RequestHook =>
    async ({ method, path, count }) =>
      method === 'PUT' && path.includes('/manifests/') && count < 3 ? (answer ?? undefined) : undefined;

  test.each([
    ['503', { kind: 'answer', status: 503 }],
    ['429 with Retry-After', { kind: 'answer', status: 429, headers: { 'retry-after': '0' } }],
    ['a reset', { kind: 'reset' }],
  ] as const)('a write that meets %s twice succeeds the third time, and says so', async (_, answer) => {
    const { registry, proxy, notices } = await start({ onRequest: failing(answer) });
    await putIndex(registry, { proxy });
    expect(notices).toEqual([expect.stringContaining('Trying again'), expect.stringContaining('Trying again')]);
  });

  test('a third failure is the last: REGISTRY_UNREACHABLE', async () => {
    const { registry, proxy } = await start({
      onRequest: async ({ path }) => (path === '/v2/' ? undefined : { kind: 'answer', status: 503, body: 'overloaded' }),
    });
    await expect(putIndex(registry, { proxy })).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
      failure: { detail: 'overloaded' },
    });
    expect(proxy.requests().length).toBe(4);
  });

  test('what the registry refuses is not tried again', async () => {
    const { registry, proxy } = await start({
      onRequest: async ({ path }) => (path === '/v2/' ? undefined : { kind: 'answer', status: 400, body: '{}' }),
    });
    await expect(putIndex(registry, { proxy })).rejects.toMatchObject({ code: 'REGISTRY_RESPONSE' });
    expect(proxy.requests().length).toBe(2);
  });

  test('an upload that breaks off is begun again from its first byte', async () => {
    let broken = false;
    const { registry, repository, notices } = await start({
      onRequest: async ({ method, path }) => {
        if (method !== 'PUT' || !path.includes('/blobs/') || broken) return undefined;
        broken = true;
        return { kind: 'reset' };
      },
    });
    const bytes = randomBytes(1_000_000);
    const blob = { repository, digest: digestOf(bytes), size: bytes.length, open: async () => Readable.from([bytes]) };
    expect(await registry.putBlob(blob)).toBe('uploaded');
    expect(notices.length).toBe(1);
  });

  test('a host that nobody answers for is REGISTRY_UNREACHABLE at once', async () => {
    const registry = openRegistry({ credentials: anonymous, signal: new AbortController().signal, retryDelays: [60_000] });
    const reference = { ...parseRepository('localhost:9/shop'), tag: 'one' };
    await expect(registry.getManifest(reference)).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
      failure: { found: expect.stringContaining('ECONNREFUSED') },
    });
  });
});

test('a registry elsewhere is reached through the proxy, unless noProxy names it', async () => {
  const asked: string[] = [];
  const proxy = createServer(socket => {
    socket.once('data', data => {
      asked.push(String(data).split('\r\n')[0] ?? '');
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
  }).listen(0, '127.0.0.1');
  const port = await portOf(proxy);
  const registry = openRegistry({
    credentials: anonymous,
    signal: new AbortController().signal,
    retryDelays: [],
    proxy: { httpsProxy: `http://127.0.0.1:${port}`, noProxy: 'direct.invalid' },
  });
  const read = (host: string) => registry.getManifest({ ...parseRepository(`${host}/shop`), tag: 'one' });
  await expect(read('registry.invalid')).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' });
  await expect(read('direct.invalid')).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' });
  expect(asked).toEqual(['CONNECT registry.invalid:443 HTTP/1.1']);
  await registry.close();
  proxy.close();
});

test('a cancel ends a request to a server that never answers, with its own reason', async () => {
  const server = createServer(() => undefined).listen(0, '127.0.0.1');
  const port = await portOf(server);
  const cancel = new AbortController();
  const registry = openRegistry({ credentials: anonymous, signal: cancel.signal });
  const reading = registry.getManifest({ ...parseRepository(`localhost:${port}/shop`), tag: 'one' });
  const connected = new Promise(resolve => server.once('connection', resolve));
  await connected;
  const reason = new Error('cut');
  cancel.abort(reason);
  await expect(reading).rejects.toBe(reason);
  await registry.close();
  server.close();
});
