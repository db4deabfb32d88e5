import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadPublishedApi } from '@eks-gitops/testbed';
import { afterEach, expect, test } from '@jest/globals';
import { readHead } from './branches.ts';
import { openGitHub } from './client.ts';
import { type LocalRepository, startLocalRepository } from './local-github.ts';

const published = await loadPublishedApi();
let local: LocalRepository;
let proxy: Server;
afterEach(async () => {
  await local.stop();
  proxy.closeAllConnections();
  proxy.close();
});

/** A proxy that takes every host for the local GitHub. */
async function startForwarder(): Promise<{ url: string; hosts: readonly string[] }> {
  const hosts: string[] = [];
  proxy = createServer((incoming, response) => {
    const { method, headers, url = '' } = incoming;
    const { host, pathname } = new URL(url);
    hosts.push(host);
    const upstream = request(new URL(pathname, local.github.url), { method, headers }, answer => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    incoming.pipe(upstream);
  });
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, hosts };
}

function headOver(apiUrl: string, proxySettings: { httpProxy: string; noProxy?: string }): Promise<string | undefined> {
  const github = openGitHub({
    token: 'writer',
    apiUrl,
    signal: new AbortController().signal,
    deadline: new Date(Date.now() + 30_000),
    proxy: proxySettings,
    retryDelays: [],
  });
  return readHead({ github, repository: { owner: 'octo', name: 'gitops', apiUrl } }, 'main');
}

test('requests go through the proxy that is given, but for this machine and for what is excepted', async () => {
  local = await startLocalRepository({ published });
  const { url, hosts } = await startForwarder();
  const head = local.head('main');
  expect(await headOver('http://github.invalid', { httpProxy: url })).toBe(head);
  expect(hosts).toEqual(['github.invalid']);
  expect(await headOver(local.github.url, { httpProxy: url })).toBe(head);
  const excepted = headOver('http://github.invalid', { httpProxy: url, noProxy: 'github.invalid' });
  await expect(excepted).rejects.toMatchObject({
    code: 'GITHUB_FAILED',
    failure: { found: expect.stringContaining('getaddrinfo') },
  });
  expect(hosts).toHaveLength(1);
});

test('the proxy of the environment is not taken', async () => {
  local = await startLocalRepository({ published });
  const { url, hosts } = await startForwarder();
  process.env['HTTP_PROXY'] = url;
  try {
    await expect(headOver('http://github.invalid', { httpProxy: '' })).rejects.toMatchObject({ code: 'GITHUB_FAILED' });
  } finally {
    delete process.env['HTTP_PROXY'];
  }
  expect(hosts).toEqual([]);
});
