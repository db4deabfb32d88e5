import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ClusterAccess } from '../access.ts';
import type { KubeconfigTarget } from '../cluster.ts';
import { kubeconfigAccess } from './kubeconfig-access.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** A kubeconfig with one context; what is given is laid over its cluster and user. */
function config({ cluster = {}, user = {}, ...rest }: { cluster?: object; user?: object; [key: string]: unknown } = {}): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'here',
    contexts: [{ name: 'here', context: { cluster: 'c', user: 'u' } }],
    clusters: [{ name: 'c', cluster: { server: 'https://k8s.example.com:6443', ...cluster } }],
    users: [{ name: 'u', user }],
    ...rest,
  });
}

interface Found extends ClusterAccess {
  readonly masked: readonly string[];
}

async function read(target: Partial<KubeconfigTarget>, env: Record<string, string | undefined> = {}): Promise<Found> {
  const masked: string[] = [];
  const access = await kubeconfigAccess(
    { kind: 'kubeconfig', allowExec: false, ...target },
    { env, signal: new AbortController().signal, mask: secret => masked.push(secret) },
  );
  return { ...access, masked };
}

const text = (more?: Parameters<typeof config>[0]): Promise<Found> => read({ content: config(more) });

describe('the server', () => {
  test.each([
    [{}, {}],
    [{ 'certificate-authority-data': base64('PEM') }, { authorities: 'PEM' }],
    [{ 'tls-server-name': 'k8s' }, { serverName: 'k8s' }],
    [{ 'proxy-url': 'http://proxy:1' }, { proxy: 'http://proxy:1' }],
    [{ 'insecure-skip-tls-verify': true }, { skipVerification: true }],
    [{ 'certificate-authority': '', 'proxy-url': null, 'insecure-skip-tls-verify': null }, {}],
  ])('%j', async (cluster, expected) => {
    const { server } = await text({ cluster });
    const plain = { authorities: undefined, serverName: undefined, skipVerification: false, proxy: undefined };
    expect({ ...server, url: server.url.href }).toEqual({ url: 'https://k8s.example.com:6443/', ...plain, ...expected });
  });

  test('that is not checked is told', async () => {
    expect((await text({ cluster: { 'insecure-skip-tls-verify': true } })).notices).toEqual([
      'The certificate of k8s.example.com:6443 is not checked, as insecure-skip-tls-verify says.',
    ]);
  });

  test('is reached through the proxy of the environment where the kubeconfig has none', async () => {
    const env = { HTTPS_PROXY: 'http://env:1' };
    expect((await read({ content: config() }, env)).server.proxy).toBe('http://env:1');
    expect((await read({ content: config({ cluster: { 'proxy-url': 'socks5://own:2' } }) }, env)).server.proxy).toBe(
      'socks5://own:2',
    );
  });
});

describe('the user', () => {
  const pair = { 'client-certificate-data': base64('CERT'), 'client-key-data': base64('KEY') };
  const certificate = { certificate: 'CERT', key: 'KEY' };
  test.each([
    [{}, {}, []],
    [{ token: 'abc' }, { authorization: 'Bearer abc' }, ['abc']],
    [{ username: 'me', password: 'pw' }, { authorization: `Basic ${base64('me:pw')}` }, ['pw', base64('me:pw')]],
    [pair, { certificate }, ['KEY']],
    [{ ...pair, token: 'abc' }, { certificate, authorization: 'Bearer abc' }, ['KEY', 'abc']],
  ])('%j', async (user, expected, secrets) => {
    const { credentials, masked } = await text({ user });
    const shown = await credentials.current();
    expect(shown).toEqual({ authorization: undefined, certificate: undefined, ...expected });
    expect(masked).toEqual(secrets);
    expect(await credentials.renew(shown)).toBeUndefined();
  });

  test('is not shown to a server without TLS', async () => {
    const { credentials } = await text({ cluster: { server: 'http://localhost:8001' }, user: { token: 'abc' } });
    expect(await credentials.current()).toEqual({});
  });

  test('may be another, by headers', async () => {
    const user = {
      as: 'bob',
      'as-uid': '7',
      'as-groups': ['a', 'b'],
      'as-user-extra': { 'example.com/scope': ['x', 'y'], 'a b': ['z'] },
    };
    expect((await text({ user })).headers).toEqual({
      'impersonate-user': 'bob',
      'impersonate-uid': '7',
      'impersonate-group': ['a', 'b'],
      'impersonate-extra-example.com%2fscope': ['x', 'y'],
      'impersonate-extra-a%20b': ['z'],
    });
  });
});

describe('it is refused, in words without secrets, when', () => {
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'x', interactiveMode: 'Never' };
  test.each([
    ['it is no YAML', '{{', 'YAML'],
    ['it is something else', JSON.stringify({ kind: 'Pod' }), 'kind: is not Config'],
    ['an entry has another shape', config({ user: { token: ['s3cret'] } }), 'users.0.user.token'],
    ['base64 is none', config({ cluster: { 'certificate-authority-data': '***' } }), 'certificate-authority-data: is not base64'],
    ['two entries have one name', config({ users: [1, 2].map(() => ({ name: 'u', user: {} })) }), 'two entries of the name "u"'],
    ['there is no current context', config({ 'current-context': '' }), 'contexts: here'],
    ['the context is not there', config({ 'current-context': 'there' }), 'contexts: here'],
    ['the cluster is not there', config({ clusters: [] }), 'there is no cluster "c"'],
    ['the user is not there', config({ users: null }), 'there is no user "u"'],
    ['there is no server', config({ cluster: { server: '' } }), 'its cluster has no server'],
    ['the server is no URL', config({ cluster: { server: 'k8s:6443' } }), 'not an http or https URL'],
    ['the proxy is none', config({ cluster: { 'proxy-url': 'ftp://x' } }), 'proxy-url'],
    [
      'authority and no check are both there',
      config({ cluster: { 'certificate-authority-data': base64('x'), 'insecure-skip-tls-verify': true } }),
      'exclude each other',
    ],
    ['there are two tokens', config({ user: { token: 's3cret', username: 'x' } }), 'token, username and password'],
    ['a certificate has no key', config({ user: { 'client-certificate-data': base64('x') } }), 'no client-key'],
    [
      'it wants an auth-provider',
      config({ user: { 'auth-provider': { name: 'gcp' } } }),
      'auth-provider gcp, which kubectl has removed',
    ],
    ['groups have no user', config({ user: { 'as-groups': ['a'] } }), 'need as'],
    ['a text runs a plugin', config({ user: { exec } }), 'the user "u" runs x'],
    [
      'a plugin is of a version that is gone',
      config({ user: { exec: { ...exec, apiVersion: 'client.authentication.k8s.io/v1alpha1' } } }),
      'v1alpha1',
    ],
    ['a plugin wants a terminal', config({ user: { exec: { ...exec, interactiveMode: 'Always' } } }), 'wants a terminal'],
    ['a plugin of v1 does not say', config({ user: { exec: { ...exec, interactiveMode: '' } } }), 'no interactiveMode'],
  ])('%s', async (_, content, words) => {
    const error: unknown = await read({ content }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'CLUSTER_INVALID' });
    expect(JSON.stringify(error)).toContain(JSON.stringify(words).slice(1, -1));
    expect(JSON.stringify(error)).not.toContain('s3cret');
  });
});

describe('files', () => {
  let folder: string;
  const write = async (name: string, content: string): Promise<string> => {
    await mkdir(join(folder, 'sub'), { recursive: true });
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('of a kubeconfig are found from its own folder', async () => {
    const user = { 'client-certificate': 'a.pem', 'client-key': '../b.key', tokenFile: 'token' };
    await write('sub/ca.pem', 'CA');
    await write('sub/a.pem', 'CERT');
    await write('b.key', 'KEY');
    await write('sub/token', 'abc\n');
    const path = await write('sub/config', config({ cluster: { 'certificate-authority': 'ca.pem' }, user }));
    const { server, credentials } = await read({ path });
    expect(server.authorities).toBe('CA');
    const certificate = { certificate: 'CERT', key: 'KEY' };
    expect(await credentials.current()).toEqual({ authorization: 'Bearer abc', certificate });
    await write('sub/token', 'def\n');
    expect(await credentials.renew(await credentials.current())).toEqual({ authorization: 'Bearer def', certificate });
  });

  test('that are missing are named', async () => {
    const path = await write('lonely', config({ cluster: { 'certificate-authority': 'none.pem' } }));
    await expect(read({ path })).rejects.toMatchObject({ failure: { found: expect.stringContaining('none.pem') } });
    await expect(read({ path: join(folder, 'nowhere') })).rejects.toMatchObject({ message: expect.stringContaining('nowhere') });
  });

  test('that KUBECONFIG lists are merged: the first that has a name wins, what is missing is passed over', async () => {
    const first = await write(
      'first',
      config({ contexts: [], 'current-context': '', users: [{ name: 'u', user: { token: 'first' } }] }),
    );
    const second = await write('second', config({ cluster: { server: 'https://second' }, user: { token: 'second' } }));
    const list = [join(folder, 'nowhere'), '', first, second].join(':');
    const { server, credentials, origin } = await read({}, { KUBECONFIG: list });
    expect(server.url.host).toBe('k8s.example.com:6443');
    expect(await credentials.current()).toMatchObject({ authorization: 'Bearer first' });
    expect(origin).toMatchObject({ place: first, context: 'here', user: 'u' });
  });

  test('are ~/.kube/config where KUBECONFIG says nothing; having none is told', async () => {
    await mkdir(join(folder, '.kube'), { recursive: true });
    await write('.kube/config', config({ user: { token: 'home' } }));
    expect(await (await read({}, { HOME: folder })).credentials.current()).toMatchObject({ authorization: 'Bearer home' });
    await expect(read({}, { HOME: join(folder, 'sub') })).rejects.toMatchObject({ message: 'There is no kubeconfig.' });
    await expect(read({}, {})).rejects.toMatchObject({
      failure: { found: expect.stringContaining('neither KUBECONFIG nor HOME') },
    });
  });

  describe('run as a plugin', () => {
    const apiVersion = 'client.authentication.k8s.io/v1beta1';
    const plugin = async (lines: string, exec: object = {}, cluster: object = {}): Promise<string> => {
      await chmod(await write('sub/plugin', `#!/bin/sh\n${lines}\n`), 0o700);
      return write('sub/with-plugin', config({ cluster, user: { exec: { apiVersion, command: './plugin', ...exec } } }));
    };
    const env = { PATH: process.env['PATH'], GIVEN: 'given' };
    const answer = (status: object, version = apiVersion): string =>
      `echo '${JSON.stringify({ apiVersion: version, kind: 'ExecCredential', status })}'`;

    test('get arguments, the environment and what they are asked; what they give is masked', async () => {
      const told = `printf '%s|' "$1" "$GIVEN" "$OWN" "$KUBERNETES_EXEC_INFO" > ${join(folder, 'told')}`;
      const extensions = [{ name: 'client.authentication.k8s.io/exec', extension: { a: 1 } }];
      const path = await plugin(
        `${told}\n${answer({ token: 'abc', clientCertificateData: 'CERT', clientKeyData: 'KEY' })}`,
        { args: ['a b'], env: [{ name: 'OWN', value: 'own' }], provideClusterInfo: true },
        { 'certificate-authority-data': base64('CA'), extensions },
      );
      const { credentials, masked } = await read({ path }, env);
      const certificate = { certificate: 'CERT', key: 'KEY' };
      expect(await credentials.current()).toEqual({ authorization: 'Bearer abc', certificate });
      expect(masked).toEqual(['abc', 'KEY']);
      const { readFile } = await import('node:fs/promises');
      const [argument, given, own, info = ''] = (await readFile(join(folder, 'told'), 'utf8')).split('|');
      expect([argument, given, own]).toEqual(['a b', 'given', 'own']);
      expect(JSON.parse(info)).toEqual({
        apiVersion,
        kind: 'ExecCredential',
        spec: {
          interactive: false,
          cluster: { server: 'https://k8s.example.com:6443', 'certificate-authority-data': base64('CA'), config: { a: 1 } },
        },
      });
    });

    test('from a text, when that is allowed', async () => {
      const command = join(folder, 'sub', 'plugin');
      await plugin(answer({ token: 'abc' }));
      const content = config({ user: { exec: { apiVersion, command } } });
      const { credentials } = await read({ content, allowExec: true }, env);
      expect(await credentials.current()).toMatchObject({ authorization: 'Bearer abc' });
    });

    test('are asked again when what they gave has ended', async () => {
      const counted = `echo x >> ${join(folder, 'runs')}; N=$(wc -l < ${join(folder, 'runs')})`;
      const ended = JSON.stringify({
        apiVersion,
        kind: 'ExecCredential',
        status: { token: 'tN', expirationTimestamp: '2020-01-01T00:00:00Z' },
      });
      const path = await plugin(`${counted}\necho '${ended}' | sed "s/tN/t$N/"`);
      const { credentials } = await read({ path }, env);
      expect(await credentials.current()).not.toEqual(await credentials.current());
    });

    test.each([
      ['fail', 'echo "sign in first" >&2; exit 1', 'sign in first'],
      ['give nothing', answer({}), 'neither a token nor a certificate'],
      ['give half a certificate', answer({ clientKeyData: 'K' }), 'without the other'],
      ['answer in another version', answer({ token: 'x' }, 'client.authentication.k8s.io/v1'), 'was asked in'],
      ['answer something else', 'echo hello', 'no ExecCredential'],
    ])('are told of when they %s', async (_, lines, words) => {
      const { credentials } = await read({ path: await plugin(lines) }, env);
      await expect(credentials.current()).rejects.toMatchObject({
        code: 'CLUSTER_INVALID',
        failure: { found: expect.stringContaining(words) },
      });
    });

    test('are told of when they are not there, with how to get them', async () => {
      const path = await plugin('', { command: 'no-such-plugin', installHint: 'brew install it' });
      await expect((await read({ path }, env)).credentials.current()).rejects.toMatchObject({
        failure: { found: expect.stringContaining('ENOENT'), remedy: 'brew install it' },
      });
    });
  });
});
