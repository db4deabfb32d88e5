import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseReference } from '@eks-gitops/images';
import { readPushedImage } from '@eks-gitops/images/buildx';
import { mediaTypes, openRegistry, parseManifest } from '@eks-gitops/images/registry';
import { type Buildkit, type RecordingProxy, type Registry, startBuildkit, startProxy, startRegistry } from '@eks-gitops/testbed';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { afterAll, beforeAll, describe, expect, jest } from '@jest/globals';
import { committed, type Finished, makeWorld, processesNaming, type World } from './e2e-world.ts';

const testBuild = await testNeeding('root', 'buildx', 'buildkitd', 'runc', 'docker-registry', 'busybox-amd64');

jest.setTimeout(120_000);

const user = { username: 'AWS', password: 'open-sesame' };
let buildkit: Buildkit;
let open: Registry;
let locked: Registry;
let immutable: Registry;
let failing: RecordingProxy;
let world: World;
// What the proxy answers to the writing of a manifest whose path has this form, and how often it still does.
const fault = { status: 503, path: /^/, left: 0 };

beforeAll(async () => {
  [open, locked, immutable, world] = await Promise.all([
    startRegistry(),
    startRegistry({ password: user }),
    startRegistry({ immutable: true }),
    makeWorld({
      'bad.Dockerfile': 'FROM scratch AS base\nCOPY --from=base-files / /\nRUN echo 503 connection reset; echo second; exit 7\n',
    }),
  ]);
  failing = await startProxy({
    target: open.url,
    onRequest: ({ method, path }) => {
      if (method !== 'PUT' || !fault.path.test(path) || fault.left === 0) return undefined;
      fault.left -= 1;
      return { kind: 'answer', status: fault.status, body: 'not now' };
    },
  });
  const registries = [open, locked, immutable, failing].map(({ host }) => ({ host, http: true as const }));
  buildkit = await startBuildkit({ registries });
});

afterAll(async () => {
  await Promise.all([buildkit?.stop(), failing?.stop(), open?.stop(), locked?.stop(), immutable?.stop()]);
  world?.remove();
});

function build(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> {
  const base = [`--builder=${buildkit.address}`, '--run-id=42'];
  return world.run([...base, ...(args.some(arg => arg.startsWith('--platform')) ? [] : ['--platform=linux/amd64']), ...args], env)
    .finished;
}

function registryClient() {
  return openRegistry({ credentials: async () => ({ kind: 'anonymous' }), signal: new AbortController().signal });
}

async function statusOf(registry: Registry, path: string): Promise<number> {
  const response = await fetch(`${registry.url}/v2/${path}`, { headers: { accept: Object.values(mediaTypes).join(', ') } });
  return response.status;
}

describe('a build that is pushed', () => {
  testBuild('is staged for each platform, labelled with its commit, and known by the digest of its own manifest', async () => {
    const image = `${open.host}/shop/ui`;
    const [amd64, arm64] = await Promise.all([
      build([`--image=${image}`]),
      build([`--image=${image}`, '--platform=linux/arm64/v8', '--file=ui/copy.Dockerfile', '--scope=copy']),
    ]);
    expect([amd64.exitCode, arm64.exitCode]).toEqual([0, 0]);
    expect(amd64.outputs['staging-tag']).toMatch(/^build-42-[0-9a-f]{8}-1-amd64$/);
    expect(arm64.outputs['staging-tag']).toBe('build-42-copy-1-arm64');
    expect(arm64.log).toMatch(/ubuntu-24.04-arm/);
    for (const [{ outputs }, architecture] of [
      [amd64, 'amd64'],
      [arm64, 'arm64'],
    ] as const) {
      const held = await readPushedImage(registryClient(), parseReference(`${image}:${outputs['staging-tag']}`));
      expect(outputs).toMatchObject({ digest: held.digest, platform: `linux/${architecture}`, image: `${image}@${held.digest}` });
      expect(held.platform).toEqual({ os: 'linux', architecture });
      expect(held.labels).toMatchObject({
        'org.opencontainers.image.revision': world.commit,
        'eks-gitops.commit-time': committed,
      });
      expect(held.content.mediaType).toBe('application/vnd.oci.image.index.v1+json');
      const manifest = await registryClient().getManifest(parseReference(`${image}@${held.digest}`));
      const document = parseManifest({ ...manifest, subject: 'the image' });
      expect(document).toMatchObject({
        manifest: { annotations: { 'org.opencontainers.image.revision': world.commit, 'eks-gitops.commit-time': committed } },
      });
    }
    expect(JSON.parse(amd64.outputs['record'] ?? '')).toEqual({
      schema: 1,
      image,
      revision: world.commit,
      commitTime: committed,
      builds: [{ platform: 'linux/amd64', digest: amd64.outputs['digest'], stagingTag: amd64.outputs['staging-tag'] }],
    });
    expect(JSON.parse(amd64.outputs['metadata'] ?? '')).toHaveProperty(['containerimage.digest']);
  });

  testBuild('comes out with the same digest when every step is done anew, bearing the commit’s time', async () => {
    const args = [`--image=${open.host}/shop/again`, '--provenance=false', '--no-cache'];
    const [one, two] = [await build(args), await build(args)];
    expect(one.exitCode).toBe(0);
    expect(two.outputs['digest']).toBe(one.outputs['digest']);
    const { content } = await readPushedImage(registryClient(), parseReference(one.outputs['image'] ?? ''));
    const document = parseManifest({ ...content, subject: 'the image' });
    if (document.kind !== 'image') throw new Error('not an image manifest');
    const repository = parseReference(one.outputs['image'] ?? '');
    const config = await registryClient().getBlob({ repository, digest: document.manifest.config.digest });
    expect(JSON.parse(Buffer.from(config).toString())).toMatchObject({ created: committed });
  });

  testBuild('has no tag with stage: false', async () => {
    const { outputs, exitCode } = await build([`--image=${open.host}/shop/untagged`, '--stage=false']);
    expect(exitCode).toBe(0);
    expect(outputs['staging-tag']).toBe('');
    expect(await statusOf(open, 'shop/untagged/tags/list')).toBe(404);
    expect(await statusOf(open, `shop/untagged/manifests/${outputs['digest']}`)).toBe(200);
  });

  testBuild('keeps the action’s own labels over the user’s', async () => {
    const image = `${open.host}/shop/labels`;
    const labels = [
      '--labels=org.opencontainers.image.revision=mine',
      '--labels=team=shop',
      '--annotations=manifest:org.opencontainers.image.revision=mine',
    ];
    const { outputs, log } = await build([`--image=${image}`, ...labels]);
    const held = await readPushedImage(registryClient(), parseReference(outputs['image'] ?? ''));
    expect(held.labels).toMatchObject({ 'org.opencontainers.image.revision': world.commit, team: 'shop' });
    expect(log).toMatch(/The label org.opencontainers.image.revision is set by the action/);
    const manifest = await registryClient().getManifest(parseReference(outputs['image'] ?? ''));
    expect(Buffer.from(manifest.bytes).toString()).not.toContain('mine');
  });
});

describe('a build that fails', () => {
  testBuild('tells the step, its last log lines and the Dockerfile’s line, is not tried again, and pushes nothing', async () => {
    const { error, exitCode, log } = await build([`--image=${open.host}/shop/bad`, '--file=ui/bad.Dockerfile']);
    expect(exitCode).toBe(1);
    expect(error).toMatchObject({
      code: 'BUILD_FAILED',
      message: 'The build failed in the step [base 2/2] RUN echo 503 connection reset; echo second; exit 7.',
      found: expect.stringContaining('exit code: 7'),
      detail: expect.stringMatching(/\| 503 connection reset\n\| second\n(?:.*\n)+bad.Dockerfile:3\n(?:.*\n)+.*>>> RUN echo/),
    });
    expect(log).not.toContain('trying again');
    expect(await statusOf(open, 'shop/bad/tags/list')).toBe(404);
  });

  testBuild('because of a passing fault of the registry is tried again, and succeeds', async () => {
    // BuildKit itself asks six times without a pause before it gives up.
    Object.assign(fault, { status: 429, path: /manifests\/sha256:/, left: 8 });
    const { exitCode, log, outputs } = await build([`--image=${failing.host}/shop/retried`]);
    expect(log).toMatch(/429 Too Many Requests.* trying again in 1\.\d s/);
    expect({ exitCode, left: fault.left }).toEqual({ exitCode: 0, left: 0 });
    expect(outputs['digest']).toMatch(/^sha256:/);
  });

  testBuild('because of a 503 at the staging tag is tried again, and succeeds', async () => {
    Object.assign(fault, { status: 503, path: /manifests\/build-/, left: 1 });
    const { exitCode, outputs } = await build([`--image=${failing.host}/shop/staged`]);
    expect({ exitCode, left: fault.left }).toEqual({ exitCode: 0, left: 0 });
    expect(await statusOf(open, `shop/staged/manifests/${outputs['staging-tag']}`)).toBe(200);
  });

  testBuild('because of changes in the context says which', async () => {
    const file = join(world.repository, 'ui/left-over');
    writeFileSync(file, '');
    const refused = await build(['--push=false', `--image=${open.host}/shop/ui`]);
    const allowed = await build(['--push=false', `--image=${open.host}/shop/ui`, '--allow-dirty']);
    rmSync(file);
    expect(refused.error).toMatchObject({ code: 'WORKTREE_DIRTY', found: 'ui/left-over' });
    expect(allowed.exitCode).toBe(0);
    expect(allowed.log).toMatch(/ui\/left-over/);
  });

  testBuild('because of changes in a Dockerfile beside the context says so', async () => {
    writeFileSync(join(world.repository, 'beside.Dockerfile'), 'FROM scratch\nCOPY page /page\n');
    const { error } = await build(['--push=false', `--image=${open.host}/shop/ui`, '--file=beside.Dockerfile']);
    expect(error).toMatchObject({ code: 'WORKTREE_DIRTY', found: 'beside.Dockerfile' });
  });

  testBuild('because of a builder that does not exist says so', async () => {
    const { error } = await world.run(['--image=localhost/a', '--platform=linux/amd64', '--push=false', '--builder=absent'])
      .finished;
    expect(error).toMatchObject({ code: 'BUILDER_UNAVAILABLE', found: expect.stringContaining('absent') });
  });
});

describe('a registry with a password', () => {
  const image = () => `${locked.host}/shop/ui`;
  const given = (password: string) => [`--username=${user.username}`, `--password=${password}`];

  testBuild('takes the right one, which is never printed', async () => {
    const { exitCode, log } = await build([`--image=${image()}`, ...given(user.password)]);
    expect(exitCode).toBe(0);
    expect(log).not.toContain(user.password);
  });

  testBuild('refuses a wrong one before anything is built', async () => {
    const { error, log } = await build([`--image=${image()}`, ...given('wrong')]);
    expect(error).toMatchObject({ code: 'REGISTRY_DENIED', remedy: expect.stringContaining('password') });
    expect(log).not.toContain('RUN cat');
  });

  testBuild(
    'takes what the docker configuration holds, and a credential store is not asked instead of a given user',
    async () => {
      const folder = join(world.home, 'docker');
      mkdirSync(folder, { recursive: true });
      const auth = Buffer.from(`${user.username}:${user.password}`).toString('base64');
      writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths: { [locked.host]: { auth } } }));
      const byConfig = await build([`--image=${image()}`], { DOCKER_CONFIG: folder });
      writeFileSync(join(folder, 'config.json'), JSON.stringify({ credsStore: 'absent' }));
      const byUser = await build([`--image=${image()}`, ...given(user.password)], { DOCKER_CONFIG: folder });
      expect([byConfig.exitCode, byUser.exitCode]).toEqual([0, 0]);
    },
  );

  testBuild('is left alone by a build that is not pushed', async () => {
    const cache = `--cache-to=type=registry,ref=${image()}:cache`;
    const { exitCode, outputs, log } = await build([`--image=${image()}`, '--push=false', cache, ...given('wrong')]);
    expect(exitCode).toBe(0);
    expect(outputs).toMatchObject({ digest: '', 'staging-tag': '', image: '', record: '', platform: 'linux/amd64' });
    expect(log).toMatch(/cache-to is passed over, because push is false/);
  });
});

testBuild('a pull request writes no cache, though it pushes', async () => {
  const cache = `${open.host}/shop/cache`;
  const env = { GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: 'pull_request', GITHUB_SHA: 'f'.repeat(40) };
  const args = [`--image=${open.host}/shop/cached`, `--cache-to=type=registry,ref=${cache}:one`];
  const request = await build(args, env);
  expect(request.exitCode).toBe(0);
  expect(request.log).toMatch(/this is a pull request/);
  expect(await statusOf(open, 'shop/cache/manifests/one')).toBe(404);
  expect((await build(args)).exitCode).toBe(0);
  expect(await statusOf(open, 'shop/cache/manifests/one')).toBe(200);
});

describe('a registry whose tags cannot be moved', () => {
  const args = (more: string[]) => [`--image=${immutable.host}/shop/ui`, ...more];

  testBuild(
    'keeps the first build of a run; the same one again takes its digest, and the next attempt gets a tag of its own',
    async () => {
      const first = await build(args([]));
      const again = await build(args(['--no-cache']));
      const next = await build(args(['--attempt=2']));
      expect([first.exitCode, again.exitCode, next.exitCode]).toEqual([0, 0, 0]);
      expect(again.outputs).toMatchObject({ digest: first.outputs['digest'], 'staging-tag': first.outputs['staging-tag'] });
      expect(next.outputs['staging-tag']).toMatch(/-2-amd64$/);
    },
  );

  testBuild('refuses another build under the same tag, with what to do', async () => {
    await build(args(['--scope=same']));
    const { error, exitCode } = await build(args(['--scope=same', '--build-args=A=1']));
    expect(exitCode).toBe(1);
    expect(error).toMatchObject({ code: 'TAG_CONFLICT', remedy: expect.stringContaining('scope') });
  });
});

testBuild('secrets reach the step, and neither the image, its provenance, the log nor any command line', async () => {
  const file = [
    'FROM scratch AS base',
    'COPY --from=base-files / /',
    'RUN --mount=type=secret,id=value --mount=type=secret,id=env --mount=type=secret,id=file \\',
    '  sh -c "cat /run/secrets/value /run/secrets/env /run/secrets/file; sleep 1"',
  ].join('\n');
  writeFileSync(join(world.home, 'secrets.Dockerfile'), file);
  writeFileSync(join(world.home, 'secret'), 'from-a-file');
  const image = `${open.host}/shop/secret`;
  const args = [
    `--image=${image}`,
    `--builder=${buildkit.address}`,
    '--platform=linux/amd64',
    '--run-id=7',
    `--file=${join(world.home, 'secrets.Dockerfile')}`,
    '--provenance=mode=max',
  ];
  const secret = ['--secret-envs=env=MY_SECRET', `--secret-files=file=${join(world.home, 'secret')}`];
  const { child, finished } = world.run([...args, ...secret], { INPUT_SECRETS: 'value=by-value', MY_SECRET: 'by-variable' });
  const lines = new Set<string>();
  const watch = setInterval(() => {
    for (const line of processesNaming('buildx')) lines.add(line);
  }, 50);
  const { exitCode, log, outputs } = await finished;
  clearInterval(watch);
  expect({ exitCode, seen: [...lines].some(line => line.includes(' build --builder=')), ended: child.exitCode }).toEqual({
    exitCode: 0,
    seen: true,
    ended: 0,
  });
  const index = await registryClient().getManifest(parseReference(`${image}:${outputs['staging-tag']}`));
  const document = parseManifest({ ...index, subject: 'the index' });
  if (document.kind !== 'index') throw new Error('not an index');
  const repository = parseReference(outputs['image'] ?? '');
  const texts: string[] = [log, JSON.stringify(outputs), ...lines];
  for (const { digest } of document.index.manifests) {
    const held = await registryClient().getManifest({ registry: repository.registry, path: repository.path, digest });
    const inner = parseManifest({ ...held, subject: 'a manifest' });
    if (inner.kind !== 'image') throw new Error('not a manifest');
    const statements = inner.manifest.layers.filter(({ mediaType }) => mediaType.includes('in-toto'));
    for (const blob of [inner.manifest.config, ...statements]) {
      texts.push(Buffer.from(await registryClient().getBlob({ repository, digest: blob.digest })).toString());
    }
  }
  expect(texts.some(text => text.includes('in-toto.io/Statement'))).toBe(true);
  // The step itself prints them.
  expect(log).toContain('***');
  expect(texts.filter(text => /by-value|by-variable|from-a-file/.test(text))).toEqual([]);
});

testBuild('nothing private is left behind', () => {
  expect(readdirSync(world.temporary)).toEqual([]);
});
