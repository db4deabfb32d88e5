import { spawn } from 'node:child_process';
import { randomInt, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BareRepository, type GitFault, type GitRequest, type GitServer, startGitServer } from '@eks-gitops/testbed';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { land, login, makeWorld, replaceIn, type World } from './e2e-world.ts';

jest.setTimeout(600_000);

type Served = BareRepository & { readonly url: string };

let server: GitServer;
let world: World;
let onRequest: ((request: GitRequest) => GitFault | undefined) | undefined;

beforeAll(async () => {
  [server, world] = await Promise.all([startGitServer({ login, onRequest: request => onRequest?.(request) }), makeWorld()]);
});
afterEach(() => {
  onRequest = undefined;
});
afterAll(async () => {
  await server.stop();
  await world.remove();
});

function makeRepository(apps: number): Promise<Served> {
  const files = Array.from({ length: apps }, (_, app) => [`apps/${app}/deployment.yaml`, 'image: app:1\n']);
  return server.createRepository(`${randomUUID()}.git`, Object.fromEntries(files));
}

function open(remote: Served) {
  return world.open({ place: { kind: 'remote', url: remote.url } });
}

async function bump(remote: Served, app: number) {
  return land(await open(remote), replaceIn(`apps/${app}/deployment.yaml`, 'image: app:2\n'), { seconds: 300 });
}

/** The files of an app, and that history is one line of one commit each. */
async function expectAllLanded(remote: Served, apps: number): Promise<void> {
  expect(await remote.commits()).toHaveLength(apps + 1);
  expect(await remote.git('rev-list', '--merges', '--count', 'main')).toBe('0');
  expect(await remote.git('fsck', '--strict', '--no-dangling')).toBe('');
  const grep = await remote.git('grep', '--count', 'image: app:2', 'main');
  expect(grep.split('\n')).toHaveLength(apps);
}

describe('writers at once', () => {
  test('two of two files both land', async () => {
    const remote = await makeRepository(2);
    const landings = await Promise.all([0, 1].map(app => bump(remote, app)));
    expect(landings.map(({ kind }) => kind)).toEqual(['committed', 'committed']);
    await expectAllLanded(remote, 2);
  });

  test('two of one file with the same change make one commit', async () => {
    const remote = await makeRepository(1);
    const landings = await Promise.all([bump(remote, 0), bump(remote, 0)]);
    const [, commit] = await remote.commits();
    // In the same second both make the very same commit, and then both have landed it.
    for (const landing of landings) expect(landing).toMatchObject(landing.kind === 'committed' ? { commit } : { head: commit });
    await expectAllLanded(remote, 1);
  });

  test('fifty of fifty files all land, in one line, and nothing is lost', async () => {
    const remote = await makeRepository(50);
    const began = performance.now();
    const landings = await Promise.all(Array.from({ length: 50 }, (_, app) => bump(remote, app)));
    const tries = landings.reduce((sum, landing) => sum + (landing.kind === 'committed' ? landing.attempts : 0), 0);
    console.log(`50 writers: ${((performance.now() - began) / 1000).toFixed(1)} s, ${tries} tries`);
    expect(new Set(landings.map(({ kind }) => kind))).toEqual(new Set(['committed']));
    await expectAllLanded(remote, 50);
  });
});

describe('a push whose connection breaks', () => {
  const push = (request: GitRequest): boolean => request.method === 'POST' && request.service === 'git-receive-pack';

  test.each<[string, GitFault]>([
    ['after the server took it', { kind: 'cut' }],
    ['before the server took it', { kind: 'reset' }],
    ['by an overloaded server', { kind: 'answer', status: 503 }],
  ])('%s makes one commit', async (_, fault) => {
    const remote = await makeRepository(1);
    const repository = await open(remote);
    onRequest = request => (push(request) && request.count === 1 ? fault : undefined);
    const landing = await land(repository, replaceIn('apps/0/deployment.yaml', 'image: app:2\n'));
    const [, commit] = await remote.commits();
    expect(landing).toMatchObject({ kind: 'committed', commit, result: 'image: app:1\n' });
    await expectAllLanded(remote, 1);
  });

  test('after the server took it makes one commit also when somebody else pushes on top', async () => {
    const remote = await makeRepository(1);
    const repository = await open(remote);
    onRequest = request => (push(request) && request.count === 1 ? { kind: 'cut' } : undefined);
    const onNotice = async () => remote.commit({ other: '1' });
    const edit = replaceIn('apps/0/deployment.yaml', 'image: app:2\n');
    const landing = await land(repository, edit, { onNotice, random: () => 1 });
    const [, commit, , ...more] = await remote.commits();
    expect(landing).toMatchObject({ kind: 'committed', commit });
    expect(more).toEqual([]);
  });
});

test('killed at any moment and run again, it makes one commit, not two', async () => {
  const seed = Number(process.env['SEED'] ?? randomInt(2 ** 31));
  const random = randomFrom(seed);
  const remote = await makeRepository(1);
  const began = performance.now();
  await finish(remote, 'whole');
  const span = performance.now() - began;
  const moments = Array.from({ length: 24 }, () => Math.round(random() * span * 1.1));
  console.log(`seed ${seed}, killed after ${moments.join(', ')} ms of ${Math.round(span)}`);
  for (const [index, moment] of moments.entries()) {
    const { child, ended } = startLanding(remote, `content ${index}`);
    await sleep(moment);
    child.kill('SIGKILL');
    await ended;
    await finish(remote, `content ${index}`);
    await until(async () => (await gitProcesses()).length === 0);
    expect({ index, moment, commits: (await remote.commits()).length }).toEqual({ index, moment, commits: index + 3 });
  }
});

/** Starts a program that lands one edit in a process of its own. */
function startLanding(remote: Served, content: string) {
  const here = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);
  const program = `
    import { land, makeWorld, replaceIn } from ${here('e2e-world.ts')};
    const world = await makeWorld();
    const repository = await world.open({ place: { kind: 'remote', url: ${JSON.stringify(remote.url)} } });
    await land(repository, replaceIn('apps/0/deployment.yaml', ${JSON.stringify(content)}));
    await world.remove();`;
  const child = spawn('node', ['--input-type=module', '--eval', program], {
    env: { ...process.env, NODE_OPTIONS: '', TMPDIR: world.temporary },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return { child, ended: once(child, 'close') };
}

async function finish(remote: Served, content: string): Promise<void> {
  const [code] = await startLanding(remote, content).ended;
  if (code !== 0) throw new Error(`exit code ${code}`);
}

describe('a cancel', () => {
  test.each(['git-upload-pack', 'git-receive-pack'])(
    'while %s hangs ends it, with git and what git started gone',
    async service => {
      const remote = await makeRepository(1);
      const cancelling = new AbortController();
      const reached = Promise.withResolvers<void>();
      onRequest = request => {
        if (request.method !== 'POST' || request.service !== service) return undefined;
        reached.resolve();
        return { kind: 'delay', milliseconds: 60_000 };
      };
      const { signal } = cancelling;
      const work = world
        .open({ place: { kind: 'remote', url: remote.url }, signal })
        .then(repository => land(repository, replaceIn('apps/0/deployment.yaml', 'new'), { signal }));
      const ended = work.catch((thrown: unknown) => thrown);
      await reached.promise;
      expect((await gitProcesses()).length).toBeGreaterThan(0);
      const asked = performance.now();
      cancelling.abort();
      expect(await ended).toMatchObject({ name: 'AbortError' });
      const took = performance.now() - asked;
      expect(await gitProcesses()).toEqual([]);
      // A second is what is promised; ten times that guards against a hang without a loaded machine failing the test.
      expect(took).toBeLessThan(10_000);
      console.log(`cancelled during ${service}: ended after ${Math.round(took)} ms`);
    },
  );
});

/** Processes that work in a folder of this world. */
async function gitProcesses(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name));
  const folders = await Promise.all(pids.map(pid => readlink(`/proc/${pid}/cwd`).catch(() => '')));
  return folders.filter(folder => folder.startsWith(world.temporary));
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(20);
}

/** Numbers from 0 to 1 that depend on the seed alone (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
