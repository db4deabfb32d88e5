import { randomInt } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { readPushedImage } from '@eks-gitops/images/buildx';
import { openRegistry } from '@eks-gitops/images/registry';
import { type Buildkit, type Registry, startBuildkit, startRegistry } from '@eks-gitops/testbed';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { afterAll, beforeAll, expect, jest } from '@jest/globals';
import { makeWorld, processesNaming, type World } from './e2e-world.ts';

const testBuild = await testNeeding('root', 'buildx', 'buildkitd', 'runc', 'docker-registry', 'busybox-amd64');

jest.setTimeout(300_000);

const slow = 'FROM scratch AS base\nCOPY --from=base-files / /\nFROM base\nCOPY page /page\nRUN echo begun; sleep 60\n';
let buildkit: Buildkit;
let registry: Registry;
let world: World;

beforeAll(async () => {
  [registry, world] = await Promise.all([startRegistry(), makeWorld({ 'slow.Dockerfile': slow })]);
  buildkit = await startBuildkit({ registries: [{ host: registry.host, http: true }] });
});

afterAll(async () => {
  await Promise.all([buildkit?.stop(), registry?.stop()]);
  world?.remove();
});

function build(...more: string[]) {
  const base = [
    `--builder=${buildkit.address}`,
    `--image=${registry.host}/shop/ui`,
    '--platform=linux/amd64',
    '--provenance=false',
  ];
  return world.run([...base, ...more]);
}

/** Our own children have a path of this world on their command line. */
const left = () => ({ processes: processesNaming(world.temporary), folders: readdirSync(world.temporary) });
const nothing = { processes: [], folders: [] };

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(20);
}

async function begun(stderr: NodeJS.ReadableStream | null): Promise<void> {
  let log = '';
  stderr?.on('data', chunk => {
    log += chunk;
  });
  await until(() => log.includes('begun\n'));
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  testBuild(`${signal} ends a build within a second, with exit code 130, and leaves nothing`, async () => {
    const { child, finished } = build('--file=ui/slow.Dockerfile', '--no-cache');
    await begun(child.stderr);
    const asked = performance.now();
    child.kill(signal);
    const { exitCode, error } = await finished;
    const took = performance.now() - asked;
    expect({ exitCode, code: error?.['code'] }).toEqual({ exitCode: 130, code: 'CANCELLED' });
    // A second is what is promised; ten times that guards against a hang without a loaded machine failing the test.
    expect(took).toBeLessThan(10_000);
    console.log(`${signal}: ended after ${Math.round(took)} ms`);
    expect(left()).toEqual(nothing);
  });

testBuild('killed at any moment and run again, it ends with the same digest and leaves nothing behind', async () => {
  const seed = Number(process.env['SEED'] ?? randomInt(2 ** 31));
  const random = randomFrom(seed);
  const first = performance.now();
  const whole = await build('--run-id=0').finished;
  const span = performance.now() - first;
  expect(whole.exitCode).toBe(0);
  const moments = Array.from({ length: 20 }, () => Math.round(random() * span * 1.1));
  console.log(`seed ${seed}, killed after ${moments.join(', ')} ms of ${Math.round(span)}`);
  for (const [index, moment] of moments.entries()) {
    const { child, finished } = build(`--run-id=${index + 1}`, '--no-cache');
    await sleep(moment);
    child.kill('SIGKILL');
    await finished;
  }
  const again = await build('--run-id=0', '--no-cache').finished;
  expect({ exitCode: again.exitCode, digest: again.outputs['digest'] }).toEqual({ exitCode: 0, digest: whole.outputs['digest'] });
  for (const tag of await stagedTags()) {
    const staged = await readPushedImage(registryClient(), { registry: registry.host, path: 'shop/ui', tag });
    expect(staged.digest).toBe(whole.outputs['digest']);
  }
  await until(() => processesNaming(world.temporary).length === 0);
  expect(left()).toEqual(nothing);
});

function registryClient() {
  return openRegistry({ credentials: async () => ({ kind: 'anonymous' }), signal: new AbortController().signal });
}

async function stagedTags(): Promise<readonly string[]> {
  const text = await (await fetch(`${registry.url}/v2/shop/ui/tags/list`)).text();
  return text.match(/build-[^"]+/g) ?? [];
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
