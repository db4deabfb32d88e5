import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { requireTool, withFolder } from '@eks-gitops/testbed';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { expect } from '@jest/globals';
import { execa } from 'execa';
import { z } from 'zod';
import { kubeconfigAccess } from './kubeconfig-access.ts';

const test = await testNeeding('client-config');

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** What both readers say of a kubeconfig, in the words of the Go program. */
const answer = z.object({
  error: z.string().optional(),
  server: z.string(),
  authorities: z.string(),
  serverName: z.string(),
  insecure: z.boolean(),
  proxy: z.string(),
  authorization: z.string(),
  certificate: z.string(),
  key: z.string(),
  exec: z.string(),
  impersonate: z.string(),
  uid: z.string(),
  groups: z.array(z.string()).nullable(),
  extra: z.record(z.string(), z.array(z.string())).nullable(),
});

type Reading = Omit<z.infer<typeof answer>, 'exec' | 'uid' | 'groups' | 'extra' | 'error'> | 'refused';

interface Question {
  readonly env: Record<string, string>;
  readonly path?: string | undefined;
  readonly context?: string | undefined;
}

async function theirs({ env, path, context }: Question): Promise<Reading> {
  const options = [...(path ? [`--kubeconfig=${path}`] : []), ...(context ? [`--context=${context}`] : [])];
  const { stdout } = await execa(await requireTool('client-config'), options, { env, extendEnv: false });
  const { error, exec: _exec, uid: _uid, groups: _groups, extra: _extra, ...reading } = answer.parse(JSON.parse(stdout));
  return error === undefined ? reading : 'refused';
}

async function ours({ env, path, context }: Question): Promise<Reading> {
  const world = { env, signal: new AbortController().signal, mask: () => undefined };
  const target = { kind: 'kubeconfig', path, context, allowExec: true } as const;
  const access = await kubeconfigAccess(target, world).catch(() => undefined);
  if (access === undefined) return 'refused';
  const { url, authorities = '', serverName = '', skipVerification: insecure, proxy = '' } = access.server;
  const { authorization = '', certificate } = await access.credentials.current();
  return {
    server: url.href.replace(/\/$/, ''),
    authorities,
    serverName,
    insecure,
    proxy,
    authorization,
    certificate: certificate?.certificate ?? '',
    key: certificate?.key ?? '',
    impersonate: String(access.headers['impersonate-user'] ?? ''),
  };
}

/** A kubeconfig with the contexts `one` and `two`; what is given is laid over the cluster and user of `one`. */
function config({ cluster = {}, user = {}, ...rest }: { cluster?: object; user?: object; [key: string]: unknown } = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'one',
    contexts: ['one', 'two'].map(name => ({ name, context: { cluster: name, user: name } })),
    clusters: [
      { name: 'one', cluster: { server: 'https://one.example.com:6443', ...cluster } },
      { name: 'two', cluster: { server: 'https://two.example.com/below' } },
    ],
    users: [
      { name: 'one', user },
      { name: 'two', user: { token: 'two' } },
    ],
    ...rest,
  };
}

const pair = { 'client-certificate-data': base64('CERT'), 'client-key-data': base64('KEY') };

const cases: readonly object[] = [
  config(),
  config({ user: { token: 'abc' } }),
  config({ user: { username: 'me', password: 'pw' } }),
  config({ user: { password: 'pw' } }),
  config({ user: { username: 'me', password: 'pw', token: 'abc' } }),
  config({ user: { tokenFile: 'token' } }),
  config({ user: { tokenFile: 'none' } }),
  config({ user: pair }),
  config({ user: { ...pair, token: 'abc' } }),
  config({ user: { ...pair, 'client-key-data': '' } }),
  config({ user: { 'client-certificate': 'cert.pem', 'client-key': 'sub/key.pem' } }),
  config({ user: { 'client-certificate': 'none.pem', 'client-key': 'sub/key.pem' } }),
  config({ user: { ...pair, 'client-certificate': 'cert.pem' } }),
  config({ user: { ...pair, 'client-key': 'sub/key.pem' } }),
  config({ user: { 'client-key-data': base64('KEY') } }),
  config({ user: { as: 'bob', 'as-groups': ['a'], 'as-uid': '7' } }),
  config({ user: { 'as-groups': ['a'] } }),
  config({ user: null as never }),
  config({ cluster: { 'certificate-authority': 'cert.pem' } }),
  config({ cluster: { 'certificate-authority': 'none.pem' } }),
  config({ cluster: { 'certificate-authority': 'cert.pem', 'certificate-authority-data': base64('CA') } }),
  config({ cluster: { 'tls-server-name': 'inner', 'proxy-url': 'http://proxy:3128' } }),
  config({ cluster: { 'proxy-url': 'socks5://proxy:1080' } }),
  config({ cluster: { 'proxy-url': 'ftp://proxy' } }),
  config({ cluster: { 'insecure-skip-tls-verify': true } }),
  config({ cluster: { 'insecure-skip-tls-verify': true, 'certificate-authority-data': base64('CA') } }),
  config({ cluster: { server: '' } }),
  config({ cluster: { server: 'http://plain:8080' }, user: { token: 'abc' } }),
  config({ cluster: { server: null, 'certificate-authority-data': null } }),
  config({ contexts: [{ name: 'one', context: { cluster: 'nowhere', user: 'one' } }] }),
  config({ contexts: [{ name: 'one', context: { cluster: 'one' } }] }),
  config({ contexts: null }),
  config({ users: [1, 2].map(() => ({ name: 'one', user: {} })) }),
  config({ 'current-context': 'two' }),
  config({ 'current-context': 'three' }),
  config({ kind: 'Other' }),
  config({ apiVersion: 'v2' }),
  config({ unknown: { field: [1, 2] }, preferences: {}, extensions: null }),
];

test('a kubeconfig means the same as to kubectl, or is refused by both', async () => {
  await withFolder('kubeconfig', async folder => {
    await mkdir(join(folder, 'sub'));
    for (const [name, content] of [
      ['token', 'from-file'],
      ['cert.pem', 'CERT'],
      ['sub/key.pem', 'KEY'],
    ] as const) {
      await writeFile(join(folder, name), content);
    }
    const path = join(folder, 'config');
    let refused = 0;
    for (const one of cases) {
      await writeFile(path, JSON.stringify(one));
      for (const context of [undefined, 'two']) {
        const reading = await theirs({ env: {}, path, context });
        expect({ one, context, reading: await ours({ env: {}, path, context }) }).toEqual({ one, context, reading });
        if (reading === 'refused') refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(10);
    expect(refused).toBeLessThan(cases.length);
  });
});

test('several files are merged as kubectl merges them', async () => {
  await withFolder('kubeconfig', async folder => {
    await mkdir(join(folder, '.kube'));
    const files = {
      a: config({ 'current-context': '', contexts: [], user: { token: 'a' } }),
      b: config({ 'current-context': 'two', user: { token: 'b', as: 'bob' }, cluster: { server: 'https://b' } }),
      c: { users: [{ name: 'two', user: { token: 'c' } }], 'current-context': 'one' },
      '.kube/config': config({ user: { token: 'home' } }),
    };
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), JSON.stringify(content));
    const at = (...names: string[]): string => names.map(name => (name === '' ? '' : join(folder, name))).join(':');
    const lists = [at('a', 'b', 'c'), at('b', 'a'), at('c', 'b'), at('c'), at('none', '', 'b', 'b'), at('none'), ''];
    for (const list of lists) {
      const env = { HOME: folder, ...(list === '' ? {} : { KUBECONFIG: list }) };
      expect({ list, reading: await ours({ env }) }).toEqual({ list, reading: await theirs({ env }) });
    }
  });
});
