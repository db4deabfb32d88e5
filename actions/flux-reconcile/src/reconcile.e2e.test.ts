import { parseRecord, type ReleaseRecord } from '@eks-gitops/action';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { configMap, fluxObject, makeWorld, toYaml, type World } from './e2e-world.ts';

const needs = ['etcd', 'kube-apiserver', 'docker-registry', 'source-controller', 'kustomize-controller'] as const;
const test = await testNeeding(...needs, 'image-reflector-controller', 'image-automation-controller');

const tagAt = (second: number): string => `i202611231017${String(second).padStart(2, '0')}-ac8730e8`;
const nowhere = 'a'.repeat(40);
let world: World;
beforeAll(async () => {
  world = await makeWorld();
}, 240_000);
afterAll(async () => {
  await world.stop();
}, 60_000);

describe('a revision', () => {
  test('is fetched and applied, and told by object', async () => {
    const gitops = await world.makeGitops({ 'apps/ui.yaml': configMap('ui', '1') });
    const commit = await gitops.commit({ 'apps/ui.yaml': configMap('ui', '2') });
    const run = await world.run([`--namespace=${gitops.namespace}`, '--kustomization=apps', `--revision=${commit}`]);
    expect(run).toMatchObject({ exitCode: 0, outputs: { revision: `main@sha1:${commit}`, commit, superseded: 'false' } });
    expect(run.outputs['objects']).toMatch(
      new RegExp(
        `^GitRepository \\S+/gitops main@sha1:${commit} Succeeded \\S+\nKustomization \\S+/apps main@sha1:${commit} Reconc`,
      ),
    );
    const found = await world.plane.api.get({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...gitops, name: 'ui' } });
    expect(found).toMatchObject({ data: { value: '2' } });
  });

  test('is what the record says, to which what is applied is added', async () => {
    const gitops = await world.makeGitops({ 'apps/ui.yaml': configMap('ui', '1') });
    const [commit = ''] = await gitops.commits();
    const record: ReleaseRecord = {
      schema: 1,
      image: 'registry.example/ui',
      revision: nowhere,
      commitTime: '2026-11-23T10:17:30Z',
      builds: [],
      gitops: { repository: gitops.url, branch: 'main', commit, policies: ['flux-system:ui'] },
    };
    const run = await world.run([`--namespace=${gitops.namespace}`, '--kustomization=apps'], {
      INPUT_RECORD: JSON.stringify(record),
    });
    expect(parseRecord(run.outputs['record'] ?? '')).toEqual({
      ...record,
      applied: { kustomizations: [`${gitops.namespace}/apps`], revision: `main@sha1:${commit}` },
    });
  });

  test('counts as applied by a later commit that contains it, where the history says so', async () => {
    const gitops = await world.makeGitops({ 'apps/ui.yaml': configMap('ui', '1') });
    const commit = await gitops.commit({ 'apps/ui.yaml': configMap('ui', '2') });
    const later = await gitops.commit({ 'apps/ui.yaml': configMap('ui', '3') });
    const common = [`--namespace=${gitops.namespace}`, '--kustomization=apps', `--repository=${gitops.url}`, '--tolerate=1s'];
    const run = await world.run([...common, `--revision=${commit}`]);
    expect(run).toMatchObject({ exitCode: 0, outputs: { commit: later, superseded: 'true' } });
    const other = await gitops.git('commit-tree', '-m', 'aside', '-p', commit, `${commit}^{tree}`);
    const wrong = await world.run([...common, `--revision=${other}`]);
    expect(wrong).toMatchObject({ exitCode: 1, error: { code: 'REVISION_NOT_FETCHED', found: `main@sha1:${later}` } });
  });

  test('counts by a later commit whose workload names the image, without the history', async () => {
    const deployment = (image: string): string => {
      const template = { metadata: { labels: { app: 'ui' } }, spec: { containers: [{ name: 'ui', image }] } };
      const spec = { selector: { matchLabels: { app: 'ui' } }, template };
      return toYaml({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'ui' }, spec });
    };
    const gitops = await world.makeGitops({ 'apps/ui.yaml': deployment('registry.example/ui:1') });
    const commit = await gitops.commit({ 'apps/ui.yaml': deployment('registry.example/ui:2') });
    await gitops.commit({ 'apps/more.yaml': configMap('more', '1') });
    const common = [`--namespace=${gitops.namespace}`, '--kustomization=apps', `--revision=${commit}`, '--tolerate=1s'];
    expect(await world.run([...common, '--image=registry.example/ui:2'])).toMatchObject({
      exitCode: 0,
      outputs: { superseded: 'true' },
    });
    expect(await world.run([...common, '--image=registry.example/ui:1'])).toMatchObject({
      error: { code: 'REVISION_UNVERIFIED' },
    });
    expect(await world.run(common)).toMatchObject({ exitCode: 1, error: { code: 'REVISION_UNVERIFIED' } });
  });

  test('comes after what it depends on, whose failure is told, and earlier failures do not count', async () => {
    const files = { 'apps/ui.yaml': configMap('ui', '1'), 'infra/a.yaml': 'kind: [\n' };
    const gitops = await world.makeGitops(files, { infra: {}, apps: { dependsOn: [{ name: 'infra' }] } });
    const common = [`--namespace=${gitops.namespace}`, '--kustomization=apps'];
    const [broken] = await gitops.commits();
    const failed = await world.run([...common, `--revision=${broken}`]);
    expect(failed).toMatchObject({ exitCode: 1, error: { code: 'RECONCILIATION_FAILED' } });
    expect(failed.error['message']).toContain('/infra cannot be built');
    expect(failed.error['detail']).toContain('MalformedYAMLError');
    const mended = await gitops.commit({ 'infra/a.yaml': configMap('a', '1') });
    const run = await world.run([...common, `--revision=${mended}`]);
    expect(run).toMatchObject({ exitCode: 0, outputs: { commit: mended } });
    expect(run.outputs['objects']).toMatch(/^GitRepository .*\nKustomization \S+\/infra .*\nKustomization \S+\/apps /);
  });
});

describe('the plain forms of the lab', () => {
  test('kustomization with source, and without', async () => {
    const gitops = await world.makeGitops({ 'apps/ui.yaml': configMap('ui', '1') });
    const common = [`--namespace=${gitops.namespace}`, '--kustomization=apps'];
    const [first] = await gitops.commits();
    expect(await world.run([...common, '--with-source'])).toMatchObject({ exitCode: 0, outputs: { commit: first } });
    const second = await gitops.commit({ 'apps/ui.yaml': configMap('ui', '2') });
    expect(await world.run(common)).toMatchObject({ exitCode: 0, outputs: { commit: first } });
    expect(await world.run([...common, '--with-source'])).toMatchObject({ exitCode: 0, outputs: { commit: second } });
  });

  test('the image repository is scanned, Flux writes its tag, and the commit is applied', async () => {
    const gitops = await automated();
    const common = [`--namespace=${gitops.namespace}`, '--image-repository=ui'];
    const scan = await world.run(common);
    expect(scan.outputs['objects']).toMatch(/^ImageRepository \S+\/ui 1 tags Succeeded/);
    await world.pushImage(gitops.namespace, tagAt(2));
    const run = await world.run([...common, '--kustomization=apps', `--image=${gitops.image}:${tagAt(2)}`]);
    const commit = await gitops.git('rev-parse', 'main');
    expect(run).toMatchObject({ exitCode: 0, outputs: { tag: tagAt(2), commit, revision: `main@sha1:${commit}` } });
    expect(await gitops.git('log', '-1', '--format=%an', 'main')).toBe('fluxcdbot');
    expect(await gitops.read('apps/ui.yaml')).toContain(tagAt(2));
    const again = await world.run([...common, '--kustomization=apps', `--image=${gitops.image}:${tagAt(2)}`]);
    expect(again).toMatchObject({ exitCode: 0, outputs: { commit } });
  });

  test('a policy that selects another tag tells why', async () => {
    const gitops = await automated();
    await Promise.all(['build-1', 'latest', tagAt(2)].map(one => world.pushImage(gitops.namespace, one)));
    for (const [tag, why] of [
      ['build-1', 'exclusionList'],
      ['latest', 'filterTags.pattern'],
      [tagAt(9), 'did not hold'],
      [tagAt(1), 'is the newer one'],
    ] as const) {
      const run = await world.run([`--namespace=${gitops.namespace}`, '--image-repository=ui', `--image=${gitops.image}:${tag}`]);
      expect(run).toMatchObject({ exitCode: 1, error: { code: 'POLICY_SELECTED_OTHER', expected: tag, found: tagAt(2) } });
      expect(run.error['likely']).toContain(why);
    }
  });
});

async function automated() {
  const gitops = await world.makeGitops({ 'README.md': 'empty\n', 'apps/keep.yaml': configMap('keep', '1') });
  const { namespace } = gitops;
  const image = `${world.registry}/${namespace}`;
  await world.pushImage(namespace, tagAt(1));
  const marker = `# {"$imagepolicy": "${namespace}:ui"}`;
  await gitops.commit({
    'apps/ui.yaml': `${configMap('ui', '1').replace(/\n$/, '')}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: image\ndata:\n  image: ${image}:${tagAt(1)} ${marker}\n`,
  });
  const name = { namespace, name: 'ui' };
  const objects = [
    fluxObject('ImageRepository', name, { image, insecure: true, exclusionList: ['^build-'] }),
    fluxObject('ImagePolicy', name, {
      imageRepositoryRef: { name: 'ui' },
      filterTags: { pattern: '^i\\d{14}-[0-9a-f]{8}$' },
      policy: { alphabetical: { order: 'asc' } },
    }),
    fluxObject('ImageUpdateAutomation', name, {
      sourceRef: { kind: 'GitRepository', name: 'gitops' },
      git: {
        checkout: { ref: { branch: 'main' } },
        commit: { author: { name: 'fluxcdbot', email: 'fluxcdbot@users.noreply.github.com' } },
        push: { branch: 'main' },
      },
      update: { path: './apps', strategy: 'Setters' },
    }),
  ];
  await world.plane.api.apply(objects.map(toYaml).join(''));
  return { ...gitops, image };
}

describe('what cannot be', () => {
  test('a suspended Kustomization fails with how to resume it', async () => {
    const gitops = await world.makeGitops({ 'apps/ui.yaml': configMap('ui', '1') }, { apps: { suspend: true } });
    const run = await world.run([`--namespace=${gitops.namespace}`, '--kustomization=apps', '--with-source']);
    expect(run).toMatchObject({ exitCode: 1, error: { code: 'RECONCILIATION_SUSPENDED' } });
    expect(run.error['remedy']).toContain(`flux resume kustomization apps -n ${gitops.namespace}`);
  });

  test('an object that is not there, and Kustomizations in a circle', async () => {
    const circle = { a: { dependsOn: [{ name: 'b' }] }, b: { dependsOn: [{ name: 'a' }] } };
    const gitops = await world.makeGitops({ 'a/x.yaml': configMap('x', '1') }, circle);
    const common = [`--namespace=${gitops.namespace}`];
    expect(await world.run([...common, '--kustomization=none'])).toMatchObject({ error: { code: 'OBJECT_MISSING' } });
    expect(await world.run([...common, '--kustomization=a'])).toMatchObject({ error: { code: 'RECONCILIATION_STALLED' } });
  });

  test('a branch that was deleted fails when that has lasted', async () => {
    const gitops = await world.makeGitops({ 'apps/ui.yaml': configMap('ui', '1') });
    await gitops.git('branch', '-m', 'main', 'gone');
    const args = [`--namespace=${gitops.namespace}`, '--kustomization=apps', '--with-source', '--tolerate=2s'];
    const run = await world.run(args);
    expect(run).toMatchObject({ exitCode: 1, error: { code: 'SOURCE_FAILED' } });
    expect(run.error['detail']).toContain('refs/heads/main');
  });

  test('a failed health check names what is not healthy', async () => {
    const job = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'ui' }, spec: { containers: [{ name: 'ui', image: 'x' }] } };
    const gitops = await world.makeGitops({ 'apps/ui.yaml': toYaml(job) }, { apps: { wait: true, timeout: '1s' } });
    const run = await world.run([`--namespace=${gitops.namespace}`, '--kustomization=apps', '--with-source']);
    expect(run).toMatchObject({ exitCode: 1, error: { code: 'HEALTH_CHECK_FAILED' } });
    expect(run.error['found']).toContain(`Pod/${gitops.namespace}/ui (InProgress)`);
  }, 300_000);

  test('nothing that happens ends at the time limit, with what was waited for', async () => {
    const gitops = await world.makeGitops({ 'apps/ui.yaml': configMap('ui', '1') });
    await world.flux.kill('source-controller');
    const args = [`--namespace=${gitops.namespace}`, '--kustomization=apps', '--with-source'];
    const run = await world.run([...args, '--timeout=2s']);
    await world.flux.restart('source-controller');
    expect(run).toMatchObject({ exitCode: 3, error: { code: 'TIMED_OUT' } });
    expect(run.error['found']).toContain('source-controller to take the request');
  });
});

describe('a wait', () => {
  test('goes on when the API server and the controllers are back after a crash', async () => {
    const gitops = await world.makeGitops({ 'apps/ui.yaml': configMap('ui', '1') });
    const components = ['source-controller', 'kustomize-controller'] as const;
    await Promise.all(components.map(component => world.flux.kill(component)));
    const run = world.start([`--namespace=${gitops.namespace}`, '--kustomization=apps', '--with-source']);
    await run.said('source-controller to take the request');
    await world.plane.kill();
    await world.plane.restart();
    await Promise.all(components.map(component => world.flux.restart(component)));
    expect(await run.finished).toMatchObject({ exitCode: 0 });
  });

  test('is over at once when it is cancelled, and leaves nothing', async () => {
    const gitops = await world.makeGitops({ 'apps/ui.yaml': configMap('ui', '1') });
    const run = world.start([`--namespace=${gitops.namespace}`, '--kustomization=apps', `--revision=${nowhere}`]);
    await run.said('Going on for 60 s');
    run.cancel();
    expect(await run.finished).toMatchObject({ exitCode: 130, error: { code: 'CANCELLED' } });
  });
});
