import { randomUUID } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BareRepository, type GitFault, type GitRequest, type GitServer, startGitServer } from '@eks-gitops/testbed';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { land, login, makeWorld, replaceIn, token, type World } from './e2e-world.ts';
import { openRepository } from './index.ts';

type Served = BareRepository & { readonly url: string };

const files = { 'apps/ui.yaml': 'image: ui:1\n' };

const basic = (password: string): string => `Basic ${Buffer.from(`${login.username}:${password}`).toString('base64')}`;

let server: GitServer;
let world: World;
let remote: Served;
let onRequest: ((request: GitRequest) => GitFault | undefined) | undefined;

beforeAll(async () => {
  [server, world] = await Promise.all([startGitServer({ login, onRequest: request => onRequest?.(request) }), makeWorld()]);
  remote = await server.createRepository('team/gitops.git', files);
});
afterEach(() => {
  onRequest = undefined;
  server.clear();
});
afterAll(async () => {
  await server.stop();
  await world.remove();
});

/** A clone as a CI makes it, which knows the server by the given settings of its own. */
async function checkOut(...settings: readonly (readonly [name: string, value: string])[]): Promise<string> {
  const folder = join(await world.folder(), 'checkout');
  const git = (...args: string[]) => execa('git', args, { env: { ...world.env }, extendEnv: false });
  await git('clone', '--quiet', remote.folder, folder);
  await git('-C', folder, 'remote', 'set-url', 'origin', remote.url);
  for (const [name, value] of settings) await git('-C', folder, 'config', '--add', name, value);
  return folder;
}

const place = () => ({ kind: 'remote', url: remote.url }) as const;

describe('a token', () => {
  test('opens the repository, and stays out of arguments and of the private folder', async () => {
    const folder = await world.folder();
    const seen: string[] = [];
    onRequest = () => ({ kind: 'delay', milliseconds: 100 });
    const watch = setInterval(async () => seen.push(...(await commandLines(folder))), 20);
    const repository = await world.open({ place: place(), folder });
    await land(repository, replaceIn('apps/ui.yaml', randomUUID()));
    clearInterval(watch);
    expect(seen.some(line => line.includes('remote-http'))).toBe(true);
    const secrets = [login.password, basic(login.password).slice('Basic '.length)];
    for (const text of [...seen, ...(await textsIn(folder))]) for (const secret of secrets) expect(text).not.toContain(secret);
  });

  test.each([
    ['wrong', { ...token, token: 'wrong' }],
    ['absent', { kind: 'existing' } as const],
  ])('that is %s is denied, by a message that says what to do and does not hold it', async (_, credentials) => {
    const opening = world.open({ place: place(), credentials });
    await expect(opening).rejects.toMatchObject({ code: 'GIT_DENIED', failure: { remedy: expect.any(String) } });
  });

  test('with a line break in it is refused', async () => {
    const opening = world.open({ place: place(), credentials: { kind: 'token', username: 'x', token: 'a\nhost=other' } });
    await expect(opening).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });

  test('in the URL is used but taken out of it', async () => {
    const url = remote.url.replace('//', `//${login.username}:${login.password}@`);
    const repository = await world.open({ place: { kind: 'remote', url }, credentials: { kind: 'existing' } });
    expect(repository.url).toBe(remote.url);
    for (const text of await textsIn(repository.root)) expect(text).not.toContain(login.password);
  });

  test('wins over what a checkout, the user and the environment persist', async () => {
    const origin = new URL(remote.url).origin;
    const bad = `Authorization: ${basic('persisted')}`;
    const included = join(await world.folder(), 'included');
    await writeFile(included, `[http "${origin}/team/"]\n\textraheader = ${bad}\n`);
    const folder = await checkOut(['http.extraheader', bad], [`http.${origin}/.extraheader`, bad], ['include.path', included]);
    const helper = '!f() { echo username=x; echo password=persisted; }; f';
    const persisted = `[http "${origin}/team"]\n\textraheader = ${bad}\n[credential "${origin}"]\n\thelper = "${helper}"\n`;
    await writeFile(join(world.temporary, '.gitconfig'), persisted);
    const given = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: `http.${origin}/.extraheader`, GIT_CONFIG_VALUE_0: bad };
    const repository = await world.open({ place: { kind: 'checkout', folder }, env: { ...world.env, ...given } });
    await land(repository, replaceIn('apps/ui.yaml', randomUUID()));
    await writeFile(join(world.temporary, '.gitconfig'), '');
    const shown = new Set(server.requests().map(({ authorization }) => authorization));
    expect([...shown].filter(value => value !== undefined)).toEqual([basic(login.password)]);
  });

  test('does not follow a redirect to another host, but one on the same host', async () => {
    const other = await startGitServer();
    await other.createRepository('team/gitops.git', files);
    onRequest = ({ path }) => {
      if (!path.startsWith('/moved')) return undefined;
      const to = path.startsWith('/moved-away') ? other.url : server.url;
      return { kind: 'answer', status: 301, headers: { location: `${to}${path.replace(/^\/moved(?:-away)?/, '/team')}` } };
    };
    const opened = await world.open({ place: { kind: 'remote', url: `${server.url}/moved/gitops.git` } });
    await land(opened, replaceIn('apps/ui.yaml', randomUUID()));
    await world.open({ place: { kind: 'remote', url: `${server.url}/moved-away/gitops.git` } }).catch(() => undefined);
    const shown = other.requests().map(({ authorization }) => authorization);
    expect(shown.length).toBeGreaterThan(0);
    expect(shown.filter(value => value !== undefined)).toEqual([]);
    await other.stop();
  });

  test('that may only read is denied by the server’s words', async () => {
    const repository = await world.open({ place: place() });
    onRequest = ({ service }) => (service === 'git-receive-pack' ? { kind: 'answer', status: 403, body: 'no' } : undefined);
    await expect(land(repository, replaceIn('apps/ui.yaml', randomUUID()))).rejects.toMatchObject({
      code: 'GIT_DENIED',
      failure: { found: expect.stringContaining('403') },
    });
  });
});

describe('existing credentials', () => {
  test.each(['directly', 'in a file that is included for this repository alone'])('of a checkout, %s, are used', async where => {
    const header = [`http.${new URL(remote.url).origin}/.extraheader`, `Authorization: ${basic(login.password)}`] as const;
    const folder = await checkOut(...(where === 'directly' ? [header] : []));
    if (where !== 'directly') {
      const included = join(await world.folder(), 'credentials');
      await execa('git', ['config', '--file', included, ...header]);
      await execa('git', ['-C', folder, 'config', `includeIf.gitdir:${folder}/.git.path`, included]);
    }
    const before = await state(folder);
    const repository = await world.open({ place: { kind: 'checkout', folder }, credentials: { kind: 'existing' } });
    expect(repository).toMatchObject({ url: remote.url, branch: 'main' });
    await land(repository, replaceIn('apps/ui.yaml', randomUUID()));
    expect(await state(folder)).toEqual(before);
  });

  test('of a checkout do not go along with a redirect to another host', async () => {
    const other = await startGitServer();
    await other.createRepository('team/gitops.git', files);
    onRequest = ({ path }) => ({ kind: 'answer', status: 301, headers: { location: `${other.url}${path}` } });
    const header = [`http.${new URL(remote.url).origin}/.extraheader`, `Authorization: ${basic(login.password)}`] as const;
    const folder = await checkOut(header);
    const opening = world.open({ place: { kind: 'checkout', folder }, credentials: { kind: 'existing' } });
    await expect(opening).rejects.toMatchObject({ name: 'ActionError' });
    expect(other.requests()).toEqual([]);
    await other.stop();
  });

  test('of the user are used: a credential helper', async () => {
    const store = join(world.temporary, '.git-credentials');
    await writeFile(store, remote.url.replace('//', `//${login.username}:${login.password}@`).replace(/(:\d+)\/.*/, '$1\n'));
    await writeFile(join(world.temporary, '.gitconfig'), '[credential]\n\thelper = store\n');
    const repository = await world.open({ place: place(), credentials: { kind: 'existing' } });
    await land(repository, replaceIn('apps/ui.yaml', randomUUID()));
    await writeFile(join(world.temporary, '.gitconfig'), '');
  });

  test('are not needed for a repository on disk, by path or URL, owned or cloned from', async () => {
    for (const url of [remote.folder, `file://${remote.folder}`]) {
      const repository = await world.open({ place: { kind: 'remote', url }, credentials: { kind: 'existing' } });
      expect(await land(repository, replaceIn('apps/ui.yaml', randomUUID()))).toMatchObject({ kind: 'committed' });
    }
  });
});

test('a checkout gives its branch; a detached one the default branch of its remote', async () => {
  const folder = await checkOut();
  await remote.commit({ 'apps/ui.yaml': '1' }, { branch: 'main' });
  await remote.git('branch', '--force', 'topic', 'main');
  await execa('git', ['-C', folder, 'checkout', '--quiet', '-b', 'topic']);
  expect(await world.open({ place: { kind: 'checkout', folder } })).toMatchObject({ branch: 'topic' });
  await execa('git', ['-C', folder, 'checkout', '--quiet', '--detach']);
  expect(await world.open({ place: { kind: 'checkout', folder } })).toMatchObject({ branch: 'main' });
});

test.each([
  ['a folder without a repository', () => world.folder(), 'origin', 'GIT_FAILED'],
  ['a checkout without that remote', () => checkOut(), 'upstream', 'GIT_FAILED'],
])('%s is told', async (_, make, name, code) => {
  const folder = await make();
  await expect(world.open({ place: { kind: 'checkout', folder, remote: name } })).rejects.toMatchObject({ code });
});

test.each([
  ['nothing listens', 'http://localhost:1/x.git', 'GIT_UNREACHABLE'],
  ['there is no such host', 'http://host.invalid/x.git', 'GIT_UNREACHABLE'],
  ['there is no such folder', '/nowhere/x.git', 'GIT_UNREACHABLE'],
])('where %s the repository is unreachable', async (_, url, code) => {
  await expect(world.open({ place: { kind: 'remote', url } })).rejects.toMatchObject({ code });
});

test('a repository that the server does not hold is unreachable', async () => {
  await expect(world.open({ place: { kind: 'remote', url: `${server.url}/none.git` } })).rejects.toMatchObject({
    code: 'GIT_UNREACHABLE',
    failure: { remedy: expect.stringContaining('Check the URL') },
  });
});

test('the user’s configuration cannot turn the URL into a program to run', async () => {
  await writeFile(
    join(world.temporary, '.gitconfig'),
    `[url "ext::touch ${world.temporary}/ran %S "]\n\tinsteadOf = ${server.url}\n`,
  );
  const opening = openRepository({
    place: place(),
    paths: ['.'],
    credentials: token,
    folder: await world.folder(),
    env: { ...world.env, GIT_ALLOW_PROTOCOL: 'ext' },
    signal: new AbortController().signal,
  });
  await expect(opening).rejects.toMatchObject({
    code: 'GIT_UNREACHABLE',
    failure: { likely: expect.stringContaining('transport') },
  });
  await writeFile(join(world.temporary, '.gitconfig'), '');
  expect(await readdir(world.temporary)).not.toContain('ran');
});

/** Everything in a checkout that could tell that it was touched. */
async function state(folder: string): Promise<unknown> {
  const names = ['HEAD', 'config', 'index', 'packed-refs', 'FETCH_HEAD', 'ORIG_HEAD'];
  const contents = names.map(name => readFile(join(folder, '.git', name), 'hex').catch(() => undefined));
  const refs = await execa('git', ['-C', folder, 'for-each-ref']);
  return [await Promise.all(contents), refs.stdout, await readdir(folder), await readFile(join(folder, 'apps/ui.yaml'), 'utf8')];
}

/** Command lines of the processes whose environment or arguments name the folder. */
async function commandLines(folder: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map(async pid => {
      const [line = '', env = ''] = await Promise.all(
        ['cmdline', 'environ'].map(name => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')),
      );
      return env.includes(folder) || line.includes(folder) || env.includes('EKS_GITOPS_GIT_USERNAME')
        ? [line.replaceAll('\0', ' ')]
        : [];
    }),
  );
  return lines.flat();
}

async function textsIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return Promise.all(
    entries.filter(entry => entry.isFile()).map(entry => readFile(join(entry.parentPath, entry.name), 'latin1')),
  );
}
