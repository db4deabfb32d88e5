import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseRecord } from '@eks-gitops/action';
import { parsePlatform, parseRepository, releaseTag, stagingTag } from '@eks-gitops/images';
import { openRegistry, type Registry } from '@eks-gitops/images/registry';
import { pushSyntheticImage, type RegistryOptions, type RequestHook, startProxy, startRegistry } from '@eks-gitops/testbed';
import { afterEach, expect, test } from '@jest/globals';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const commit = { revision: 'a'.repeat(40), commitTime: '2026-11-23T10:00:00Z' };
const release = releaseTag({ revision: commit.revision, time: new Date(commit.commitTime) });
const platforms = ['linux/amd64', 'linux/arm64'];
const login = { username: 'AWS', password: 'hunter2-secret' };

interface Step {
  readonly child: ChildProcess;
  /** Ends with what the step said and gave. */
  readonly ended: Promise<{ code: number | null; log: string; outputs: Readonly<Record<string, string>> }>;
}

/** Runs the action as a step of GitHub Actions does, in a process of its own. */
async function startStep(inputs: Readonly<Record<string, string>>): Promise<Step> {
  const folder = await mkdtemp(join(tmpdir(), 'step-'));
  stops.push(() => rm(folder, { recursive: true, force: true }));
  const given = Object.entries({ scope: 'ab', ...inputs }).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
  const env = {
    ...Object.fromEntries(given),
    PATH: process.env['PATH'],
    HOME: folder,
    RUNNER_TEMP: folder,
    GITHUB_ACTIONS: 'true',
    GITHUB_RUN_ID: '7',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_WORKSPACE: folder,
    GITHUB_OUTPUT: join(folder, 'outputs'),
  };
  await writeFile(env.GITHUB_OUTPUT, '');
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env,
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', data => (log += data));
  const ended = once(child, 'close').then(async ([code]) => ({
    code,
    log,
    outputs: readOutputs(await readFile(env.GITHUB_OUTPUT, 'utf8')),
  }));
  return { child, ended };
}

const run = async (inputs: Readonly<Record<string, string>>) => (await startStep(inputs)).ended;

function readOutputs(text: string): Record<string, string> {
  const found = text.matchAll(/^(.+?)<<(.+)\n([\s\S]*?)\n?\2$/gm);
  return Object.fromEntries([...found].map(([, name, , value]) => [name, value]));
}

async function start(options: RegistryOptions = {}) {
  const server = await startRegistry(options);
  const credentials = async () => (options.password ? { kind: 'basic' as const, ...login } : { kind: 'anonymous' as const });
  const registry = openRegistry({ credentials, signal: new AbortController().signal });
  stops.push(server.stop, registry.close);
  return { server, registry };
}

function stage(
  registry: Registry,
  { host, path = 'shop/ui', attested = false }: { host: string; path?: string; attested?: boolean },
) {
  const repository = parseRepository(`${host}/${path}`);
  return Promise.all(
    platforms.map(platform =>
      pushSyntheticImage({
        registry,
        repository,
        platform,
        tag: stagingTag({ runId: '7', scope: 'ab', attempt: 1, platform: parsePlatform(platform) }),
        attested,
        ...commit,
      }),
    ),
  );
}

test('a step with user and password publishes, and hands its outputs and its record on', async () => {
  const { server, registry } = await start({ password: login });
  const images = await stage(registry, { host: server.host, attested: true });
  const image = `${server.host}/shop/ui`;
  const { code, log, outputs } = await run({ image, ...login, annotations: 'org.example.team=shop' });
  expect({ code, log }).toEqual({ code: 0, log: expect.stringContaining('Published sha256:') });
  expect(log).not.toMatch(/hunter2-secret(?!$)/m);
  const { digest } = await registry.getManifest({ ...parseRepository(image), tag: release });
  expect(outputs).toMatchObject({
    digest,
    tag: release,
    tags: `${release}\nlatest`,
    image: `${image}:${release}@${digest}`,
    platforms: 'linux/amd64\nlinux/arm64',
    superseded: 'false',
  });
  expect(parseRecord(outputs['record'] ?? '')).toEqual({
    schema: 1,
    image,
    revision: commit.revision,
    commitTime: commit.commitTime,
    builds: platforms.map((platform, at) => ({
      platform,
      digest: images[at]?.digest,
      stagingTag: `build-7-ab-1-${platform.slice(6)}`,
    })),
    index: { digest, tag: release, platforms },
  });
  const again = await run({ image, ...login, record: outputs['record'] ?? '' });
  expect(again.log).toContain('Adopted sha256:');
  expect(again.outputs).toEqual(outputs);
});

test('a wrong password ends the step with REGISTRY_DENIED and is not printed', async () => {
  const { server } = await start({ password: login });
  const { code, log } = await run({ image: `${server.host}/shop/ui`, username: 'AWS', password: 'wrong-password' });
  expect(code).toBe(1);
  expect(log).toContain('code: REGISTRY_DENIED');
  expect(log.replace(/^::add-mask::.*$/gm, '')).not.toContain('wrong-password');
});

test('half a login is refused before anything is asked', async () => {
  const { code, log } = await run({ image: 'localhost:1/shop/ui', username: 'AWS' });
  expect(code).toBe(2);
  expect(log).toContain('code: INPUT_MISSING');
});

test('a dry run prints the index and gives no record', async () => {
  const { server, registry } = await start();
  await stage(registry, { host: server.host });
  const image = `${server.host}/shop/ui`;
  const { code, log, outputs } = await run({ image, 'dry-run': 'true' });
  expect(code).toBe(0);
  expect(log).toContain('"mediaType": "application/vnd.oci.image.index.v1+json"');
  expect(outputs).toMatchObject({ tag: release, image: '', record: '' });
  expect(await registry.findManifest({ ...parseRepository(image), tag: release })).toBeUndefined();
});

test('a cancelled step ends within a second while the registry is silent', async () => {
  let asked: () => void = () => undefined;
  const reached = new Promise<void>(resolve => {
    asked = resolve;
  });
  const proxy = await startProxy({
    target: 'http://127.0.0.1:9',
    onRequest: async () => {
      asked();
      await sleep(60_000, undefined, { ref: false });
      return { kind: 'reset' };
    },
  });
  stops.push(proxy.stop);
  const { child, ended } = await startStep({ image: `${proxy.host}/shop/ui` });
  await reached;
  const cancelled = performance.now();
  child.kill('SIGINT');
  const { code, log } = await ended;
  expect(code).toBe(130);
  expect(log).toContain('code: CANCELLED');
  expect(performance.now() - cancelled).toBeLessThan(10_000);
});

test('killed at 20 random points and run again, a publication ends in the same state, and never leaves half an index', async () => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
  process.stdout.write(`SIGKILL test of push-manifest-index: SEED=${seed}\n`);
  const random = randomFrom(seed);
  const { server, registry } = await start();
  const frozen = await start({ immutable: true });
  const reference = await publishWhole(registry, server.host);

  let killed = 0;
  for (let point = 0; killed < 20; point += 1) {
    expect(point).toBeLessThan(40);
    const world = point % 2 === 0 ? { server, registry } : frozen;
    const kill = { request: 1 + Math.floor(random() * reference.requests), heard: random() < 0.5, delay: random() * 4 };
    const path = `killed/${point}`;
    const repository = parseRepository(`${world.server.host}/${path}`);
    await stage(world.registry, { host: world.server.host, path, attested: true });
    if (await runAndKill({ target: world.server.url, path, kill })) killed += 1;

    const left = await world.registry.findManifest({ ...repository, tag: release });
    expect([undefined, reference.digest]).toContain(left?.digest);
    const { code, log, outputs } = await run({ image: `${world.server.host}/${path}` });
    expect({ point, kill, code, log }).toMatchObject({ code: 0 });
    expect(outputs).toMatchObject({ digest: reference.digest, tags: `${release}\nlatest`, superseded: 'false' });
    for (const tag of [release, 'latest']) {
      expect((await world.registry.getManifest({ ...repository, tag })).digest).toBe(reference.digest);
    }
  }
}, 240_000);

/** One publication that nothing disturbs: what all the others have to end in, and how many requests it makes. */
async function publishWhole(registry: Registry, host: string) {
  await stage(registry, { host, path: 'whole', attested: true });
  const proxy = await startProxy({ target: `http://${host}` });
  stops.push(proxy.stop);
  const { outputs } = await run({ image: `${proxy.host}/whole` });
  return { digest: outputs['digest'] ?? '', requests: proxy.requests().length };
}

interface KillPoint {
  /** Counts from 1. */
  readonly request: number;
  /** Whether the registry hears the request before the process dies. */
  readonly heard: boolean;
  /** Milliseconds. */
  readonly delay: number;
}

/** Whether the process was killed, and had not just ended by itself. */
async function runAndKill({ target, path, kill }: { target: string; path: string; kill: KillPoint }): Promise<boolean> {
  let count = 0;
  let step: Step | undefined;
  const onRequest: RequestHook = async (_, forward) => {
    count += 1;
    if (count !== kill.request) return undefined;
    if (kill.heard) await forward();
    await sleep(kill.delay);
    step?.child.kill('SIGKILL');
    return { kind: 'reset' };
  };
  const proxy = await startProxy({ target, onRequest });
  step = await startStep({ image: `${proxy.host}/${path}` });
  await step.ended;
  await proxy.stop();
  return step.child.signalCode === 'SIGKILL';
}

/** Mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

test('create-repository is for Amazon ECR, and makes nothing in a dry run', async () => {
  const { server } = await start();
  const inputs = { image: `${server.host}/shop/ui`, 'create-repository': 'true' };
  const refused = await run(inputs);
  expect(refused).toMatchObject({ code: 2, log: expect.stringContaining('is not a private Amazon ECR registry') });
  const dry = await run({ ...inputs, 'dry-run': 'true' });
  expect(dry).toMatchObject({ code: 1, log: expect.not.stringContaining('Amazon ECR registry') });
});

const arn = 'arn:aws:ecr:us-west-2:123456789012:repository/shop/ui';
const missing = `sha256:${'0'.repeat(64)}`;

// The words of Amazon ECR: aws-actions/amazon-ecr-login 232, int128/docker-manifest-create-action 63.
test.each([
  [
    'a right that is missing, with the statement that gives it',
    403,
    'DENIED',
    `User: arn:aws:sts::1:assumed-role/ci/run is not authorized to perform: ecr:PutImage on resource: ${arn} because no identity-based policy allows the ecr:PutImage action`,
    ['code: REGISTRY_DENIED', `{"Effect":"Allow","Action":"ecr:PutImage","Resource":"${arn}"}`],
  ],
  [
    'an image of the index that is gone',
    404,
    'MANIFEST_BLOB_UNKNOWN',
    `Images with digests '[${missing}]' required for pushing image into repository with name 'shop/ui' in the registry with id '123456789012' do not exist`,
    ['code: REGISTRY_NOT_FOUND', `does not hold what the index names (${missing})`],
  ],
])('where Amazon ECR refuses the index, the step tells %s', async (_, status, code, message, told) => {
  const { server, registry } = await start();
  const refuse: RequestHook = async ({ method }) =>
    method === 'PUT' ? { kind: 'answer', status, body: JSON.stringify({ errors: [{ code, message }] }) } : undefined;
  await stage(registry, { host: server.host });
  const proxy = await startProxy({ target: `http://${server.host}`, onRequest: refuse });
  stops.push(proxy.stop);
  const step = await run({ image: `${proxy.host}/shop/ui` });
  expect(step.code).toBe(1);
  for (const words of told) expect(step.log).toContain(words);
});
