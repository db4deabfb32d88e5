import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseReference } from '@eks-gitops/images';
import { openRegistry, parseManifest } from '@eks-gitops/images/registry';
import { type Buildkit, type Registry, requireTool, startBuildkit, startRegistry } from '@eks-gitops/testbed';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { afterAll, beforeAll, describe, expect, jest } from '@jest/globals';
import { makeWorld, type World } from './e2e-world.ts';

const testBuild = await testNeeding('root', 'buildx', 'buildkitd', 'runc', 'docker-registry', 'busybox-amd64');

jest.setTimeout(120_000);

let buildkit: Buildkit;
let registry: Registry;
let world: World;

// A generator of software bills of materials, as BuildKit starts one (BuildKit documentation, "SBOM Scanning Protocol").
const scanner = `FROM scratch
COPY --from=base-files / /
COPY scan.sh /scan.sh
ENTRYPOINT ["/bin/sh", "/scan.sh"]
`;
const statement = {
  _type: 'https://in-toto.io/Statement/v0.1',
  predicateType: 'https://spdx.dev/Document',
  predicate: { name: 'scanned by our own' },
};
const scan = `cat > $BUILDKIT_SCAN_DESTINATION/sbom.spdx.json <<'END'\n${JSON.stringify(statement)}\nEND\n`;

beforeAll(async () => {
  const files = {
    'scan.sh': scan,
    'scanner.Dockerfile': scanner,
  };
  [registry, world] = await Promise.all([startRegistry(), makeWorld(files)]);
  buildkit = await startBuildkit({ registries: [{ host: registry.host, http: true }] });
});

afterAll(async () => {
  await Promise.all([buildkit?.stop(), registry?.stop()]);
  world?.remove();
});

function build(image: string, more: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return world.run([`--image=${registry.host}/shop/${image}`, '--platform=linux/amd64', ...more], env).finished;
}

const remote = () => `--builder=${buildkit.address}`;

describe('a builder that the user made', () => {
  testBuild('is used by its name, or as the current one, and its state stays where it is', async () => {
    const state = join(world.home, 'buildx');
    const create = ['create', '--name=mine', '--driver=remote', '--use', buildkit.address];
    execFileSync(await requireTool('buildx'), create, { env: { ...process.env, BUILDX_CONFIG: state }, stdio: 'pipe' });
    const named = await build('named', ['--builder=mine'], { BUILDX_CONFIG: state });
    const current = await build('current', [], { BUILDX_CONFIG: state });
    expect([named.exitCode, current.exitCode]).toEqual([0, 0]);
    expect(readdirSync(join(state, 'instances'))).toEqual(['mine']);
  });

  testBuild('is found in the docker configuration beside the user’s logins', async () => {
    const docker = join(world.home, 'docker');
    mkdirSync(docker);
    symlinkSync(join(world.home, 'buildx'), join(docker, 'buildx'));
    writeFileSync(join(docker, 'config.json'), JSON.stringify({ auths: { 'other.example.com': { auth: 'dTpw' } } }));
    expect(await build('configured', ['--builder=mine'], { DOCKER_CONFIG: docker })).toMatchObject({ exitCode: 0 });
  });
});

testBuild('a remote builder that is made for the build is in nobody’s list', async () => {
  expect(await build('remote', [remote()], { BUILDX_CONFIG: join(world.home, 'untouched') })).toMatchObject({ exitCode: 0 });
  expect(readdirSync(join(world.home)).filter(name => name === 'untouched')).toEqual([]);
});

testBuild('without buildx it says what to install', async () => {
  const bin = join(world.home, 'bin');
  mkdirSync(bin);
  symlinkSync(execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim(), join(bin, 'git'));
  const { error } = await build('none', [remote()], { PATH: bin });
  expect(error).toMatchObject({ code: 'TOOL_MISSING', remedy: expect.stringContaining('docker/setup-buildx-action') });
});

testBuild('without Docker and without builder it names the ways to have one', async () => {
  const env = { DOCKER_HOST: 'unix:///nonexistent/docker.sock', BUILDX_CONFIG: join(world.home, 'empty') };
  const { error } = await build('none', [], env);
  expect(error).toMatchObject({ code: 'BUILDER_UNAVAILABLE', remedy: expect.stringContaining('kubernetes://NAMESPACE') });
});

const cluster = {
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [{ name: 'a', cluster: { server: 'https://127.0.0.1:9' } }],
  contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
  users: [{ name: 'a', user: { token: 'none' } }],
  'current-context': 'a',
};

testBuild('a cluster that cannot be reached is named, with what to check', async () => {
  const kubeconfig = join(world.home, 'kubeconfig');
  writeFileSync(kubeconfig, JSON.stringify(cluster));
  const { error } = await build('none', ['--builder=kubernetes://builds'], { KUBECONFIG: kubeconfig });
  expect(error).toMatchObject({
    code: 'BUILDER_UNAVAILABLE',
    message: 'The builder in the namespace builds cannot be used.',
    found: expect.stringMatching(/namespaces\/builds\/deployments\/.*connection refused/),
    remedy: expect.stringContaining('kubeconfig'),
  });
});

testBuild('a builder that could not be made leaves nothing to clean up, and no word of it', async () => {
  const env = { KUBECONFIG: join(world.home, 'nowhere') };
  const { error, log } = await build('none', ['--builder=kubernetes://builds'], env);
  expect(error).toMatchObject({
    code: 'BUILDER_UNAVAILABLE',
    found: expect.stringContaining('cannot determine Kubernetes namespace'),
  });
  expect(log).not.toContain('Clean-up failed');
});

testBuild('a software bill of materials is made by a generator of one’s own, and kept beside the image', async () => {
  const generator = await build('scanner', [remote(), '--file=ui/scanner.Dockerfile', '--provenance=false']);
  expect(generator.exitCode).toBe(0);
  const { exitCode, outputs, log } = await build('scanned', [
    remote(),
    `--sbom=generator=${generator.outputs['image']}`,
    '--provenance=false',
  ]);
  expect({ exitCode, log }).toMatchObject({ exitCode: 0 });
  const repository = parseReference(outputs['image'] ?? '');
  const client = openRegistry({ credentials: async () => ({ kind: 'anonymous' }), signal: new AbortController().signal });
  const read = async (reference: Parameters<typeof client.getManifest>[0]) =>
    parseManifest({ ...(await client.getManifest(reference)), subject: 'what was pushed' });
  const index = await read({ registry: repository.registry, path: repository.path, tag: outputs['staging-tag'] ?? '' });
  if (index.kind !== 'index') throw new Error('not an index');
  const attestation = index.index.manifests.find(
    ({ annotations }) => annotations?.['vnd.docker.reference.digest'] === outputs['digest'],
  );
  const manifest = await read({ registry: repository.registry, path: repository.path, digest: attestation?.digest ?? 'sha256:' });
  if (manifest.kind !== 'image') throw new Error('not a manifest');
  const [layer] = manifest.manifest.layers;
  const bytes = await client.getBlob({ repository, digest: layer?.digest ?? 'sha256:' });
  expect(Buffer.from(bytes).toString()).toContain('scanned by our own');
});
