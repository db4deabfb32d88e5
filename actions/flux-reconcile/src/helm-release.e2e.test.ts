import { parseRecord, type ReleaseRecord } from '@eks-gitops/action';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { afterAll, beforeAll, describe, expect, jest } from '@jest/globals';
import { configMap, fluxObject, type Gitops, makeWorld, toYaml, type World } from './e2e-world.ts';

const components = ['source-controller', 'kustomize-controller', 'helm-controller'] as const;
const test = await testNeeding('etcd', 'kube-apiserver', 'docker-registry', ...components);

// A hang guard: many of them run at once.
jest.setTimeout(240_000);

let world: World;
beforeAll(async () => {
  world = await makeWorld(components);
}, 240_000);
afterAll(async () => {
  await world.stop();
}, 60_000);

/** Can be installed where a ConfigMap of that name is; else the API server refuses it, by its name. */
const settings = `
apiVersion: v1
kind: ConfigMap
metadata: { name: {{ if lookup "v1" "ConfigMap" .Release.Namespace .Values.needs }}{{ .Release.Name }}-settings{{ else }}No_{{ .Values.needs }}{{ end }} }
data: { colour: {{ required "a colour is required" .Values.colour }} }
`;
const chart = { 'chart/Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\n', 'chart/templates/settings.yaml': settings };

function release(name: string, values: object, more: object = {}): string {
  const spec = { chart: { spec: { chart: './chart', sourceRef: { kind: 'GitRepository', name: 'gitops' } } }, values, ...more };
  return toYaml(fluxObject('HelmRelease', { namespace: 'default', name }, spec));
}

const ready = { 'apps/ready.yaml': configMap('ready', '1') };
const nameOf = (gitops: Gitops, kind: string, name: string) => ({
  ...{
    apiVersion: kind === 'ConfigMap' ? 'v1' : 'helm.toolkit.fluxcd.io/v2',
    kind,
    metadata: { namespace: gitops.namespace, name },
  },
});
const settingsOf = (gitops: Gitops): Promise<unknown> => world.plane.api.get(nameOf(gitops, 'ConfigMap', 'shop-settings'));

describe('a HelmRelease', () => {
  test.concurrent('is reconciled after its Kustomization has applied the revision, and told by the record', async () => {
    const gitops = await world.makeGitops({
      ...chart,
      ...ready,
      'apps/shop.yaml': release('shop', { needs: 'ready', colour: 'red' }),
    });
    const common = [`--namespace=${gitops.namespace}`, '--helm-release=shop'];
    const [first = ''] = await gitops.commits();
    expect(await world.run([...common, '--kustomization=apps', `--revision=${first}`])).toMatchObject({ exitCode: 0 });
    const commit = await gitops.commit({ 'apps/shop.yaml': release('shop', { needs: 'ready', colour: 'green' }) });
    const record: ReleaseRecord = {
      ...({ schema: 1, image: 'registry.example/ui', revision: commit, commitTime: '2026-11-23T10:17:30Z', builds: [] } as const),
      gitops: { repository: gitops.url, branch: 'main', commit, policies: ['flux-system:ui'] },
    };
    const run = await world.run(common, { INPUT_RECORD: JSON.stringify(record) });
    expect(run).toMatchObject({ exitCode: 0, outputs: { revision: `main@sha1:${commit}`, commit, superseded: 'false' } });
    expect(run.outputs['objects']).toMatch(
      /^GitRepository .*\nKustomization \S+\/apps main@sha1:\S+ ReconciliationSucceeded .*\nHelmChart \S+ 1\.0\.0 ChartPackageSucceeded .*\nHelmRelease \S+\/shop 1\.0\.0 UpgradeSucceeded \S+$/,
    );
    expect(parseRecord(run.outputs['record'] ?? '').applied).toMatchObject({ helmReleases: [`${gitops.namespace}/shop`] });
    expect(await settingsOf(gitops)).toMatchObject({ data: { colour: 'green' } });
  });

  test.concurrent('that cannot be installed tells why, and is tried anew with reset when it has given up', async () => {
    const gitops = await world.makeGitops({ ...chart, 'apps/shop.yaml': release('shop', { needs: 'switch', colour: 'red' }) });
    const common = [`--namespace=${gitops.namespace}`, '--helm-release=shop'];
    const [commit] = await gitops.commits();
    const failed = await world.run([...common, '--kustomization=apps', `--revision=${commit}`]);
    expect(failed).toMatchObject({ exitCode: 1, error: { code: 'RECONCILIATION_FAILED', found: 'InstallFailed' } });
    expect(failed.error['detail']).toContain('No_switch');
    await world.plane.api.apply(JSON.stringify({ ...nameOf(gitops, 'ConfigMap', 'switch'), data: {} }));
    expect(await world.run(common)).toMatchObject({ exitCode: 1, error: { code: 'RECONCILIATION_FAILED' } });
    expect(await world.run([...common, '--reset'])).toMatchObject({ exitCode: 0 });
    expect(await settingsOf(gitops)).toMatchObject({ data: { colour: 'red' } });
  });

  test.concurrent('that cannot be upgraded tells why, and keeps to what it had', async () => {
    const gitops = await world.makeGitops({
      ...chart,
      ...ready,
      'apps/shop.yaml': release('shop', { needs: 'ready', colour: 'red' }),
    });
    const common = [`--namespace=${gitops.namespace}`, '--helm-release=shop'];
    const [first] = await gitops.commits();
    expect(await world.run([...common, '--kustomization=apps', `--revision=${first}`])).toMatchObject({ exitCode: 0 });
    const commit = await gitops.commit({ 'apps/shop.yaml': release('shop', { needs: 'ready' }) });
    const failed = await world.run([...common, `--revision=${commit}`]);
    expect(failed).toMatchObject({ exitCode: 1 });
    expect(failed.error['detail']).toContain('a colour is required');
    expect(await settingsOf(gitops)).toMatchObject({ data: { colour: 'red' } });
  });

  test.concurrent('is upgraded with force though nothing has changed, and without is not', async () => {
    const gitops = await world.makeGitops({
      ...chart,
      ...ready,
      'apps/shop.yaml': release('shop', { needs: 'ready', colour: 'red' }),
    });
    const common = [`--namespace=${gitops.namespace}`, '--helm-release=shop'];
    const [first] = await gitops.commits();
    expect(await world.run([...common, '--kustomization=apps', `--revision=${first}`])).toMatchObject({ exitCode: 0 });
    await world.plane.api.remove(nameOf(gitops, 'ConfigMap', 'shop-settings'));
    expect(await world.run(common)).toMatchObject({ exitCode: 0 });
    await expect(settingsOf(gitops)).rejects.toThrow('404');
    expect(await world.run([...common, '--force'])).toMatchObject({ exitCode: 0 });
    expect(await settingsOf(gitops)).toMatchObject({ data: { colour: 'red' } });
  });

  test.concurrent('that depends on another comes after it, whose failure is told', async () => {
    const gitops = await world.makeGitops({
      ...chart,
      'apps/base.yaml': release('base', { needs: 'nothing', colour: 'red' }),
      'apps/shop.yaml': release('shop', { needs: 'base-settings', colour: 'red' }, { dependsOn: [{ name: 'base' }] }),
    });
    const common = [`--namespace=${gitops.namespace}`, '--helm-release=shop'];
    const [commit] = await gitops.commits();
    const failed = await world.run([...common, '--kustomization=apps', `--revision=${commit}`]);
    expect(failed).toMatchObject({ exitCode: 1, error: { code: 'RECONCILIATION_FAILED' } });
    expect(failed.error['message']).toContain('/base');
    expect(failed.error['detail']).toContain('No_nothing');
    const mended = await gitops.commit({ ...ready, 'apps/base.yaml': release('base', { needs: 'ready', colour: 'red' }) });
    const run = await world.run([...common, `--revision=${mended}`]);
    expect(run.exitCode).toBe(0);
    expect(run.outputs['objects']).toMatch(/\nHelmRelease \S+\/shop 1\.0\.0 InstallSucceeded /);
  });
});

describe('the chart of a HelmRelease', () => {
  test.concurrent('is fetched anew with source, each of its objects once, and then the release is upgraded to it', async () => {
    const gitops = await world.makeGitops({
      ...chart,
      ...ready,
      'apps/shop.yaml': release('shop', { needs: 'ready', colour: 'red' }),
    });
    const common = [`--namespace=${gitops.namespace}`, '--helm-release=shop', '--with-source'];
    const [first] = await gitops.commits();
    expect(await world.run([...common, '--kustomization=apps', `--revision=${first}`])).toMatchObject({ exitCode: 0 });
    await gitops.commit({ 'chart/Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.1.0\n' });
    const run = await world.run(common);
    expect(run.error).toEqual({});
    expect(run.outputs['objects']).toMatch(
      /^GitRepository .*\nKustomization .*\nHelmChart \S+-shop 1\.1\.0 ChartPackageSucceeded \S+\nHelmRelease \S+\/shop 1\.1\.0 UpgradeSucceeded \S+$/,
    );
  });

  test.concurrent('is what fails when it cannot be had; a repository of OCI charts and what is suspended are not asked', async () => {
    const gitops = await world.makeGitops({ 'README.md': 'elsewhere\n' }, {});
    const { namespace } = gitops;
    const address = { type: 'oci', url: `oci://${world.registry}/${namespace}`, insecure: true };
    const sourceRef = { kind: 'HelmRepository', name: 'charts' };
    const objects = [
      fluxObject('HelmRepository', { namespace, name: 'charts' }, address),
      fluxObject('HelmRelease', { namespace, name: 'shop' }, { chart: { spec: { chart: 'none', version: '1.0.0', sourceRef } } }),
    ];
    await world.plane.api.apply(objects.map(toYaml).join(''));
    await world.plane.api.waitFor(nameOf(gitops, 'HelmRelease', 'shop'), {
      until: found => JSON.stringify(found).includes('"helmChart"'),
      within: 60,
    });
    const common = [`--namespace=${namespace}`, '--helm-release=shop', '--with-source', '--tolerate=1s'];
    const failed = await world.run(common);
    expect(failed).toMatchObject({
      exitCode: 1,
      error: { code: expect.stringMatching(/^(SOURCE_FAILED|RECONCILIATION_STALLED)$/) },
    });
    expect(failed.error['message']).toContain(`HelmChart ${namespace}/${namespace}-shop`);
    expect(failed.log).not.toContain('HelmRepository');
    const name = { ...nameOf(gitops, 'HelmChart', `${namespace}-shop`), apiVersion: 'source.toolkit.fluxcd.io/v1' };
    await world.plane.api.patch(name, { spec: { suspend: true } });
    const suspended = await world.run(common);
    expect(suspended.log).toContain('is suspended: it keeps the chart that it has');
    expect(suspended.error['message']).toContain(`HelmRelease ${namespace}/shop`);
  });
});

describe('a HelmRelease that is new in a commit', () => {
  test.concurrent('is waited for with the Kustomization that is named, and is missing without', async () => {
    const gitops = await world.makeGitops({ ...chart, ...ready });
    const common = [`--namespace=${gitops.namespace}`, '--helm-release=late'];
    expect(await world.run([...common, '--kustomization=apps'])).toMatchObject({ error: { code: 'OBJECT_MISSING' } });
    const commit = await gitops.commit({ 'apps/late.yaml': release('late', { needs: 'ready', colour: 'red' }) });
    expect(await world.run([...common, `--revision=${commit}`])).toMatchObject({ error: { code: 'OBJECT_MISSING' } });
    const run = await world.run([...common, '--kustomization=apps', `--revision=${commit}`]);
    expect(run.error).toEqual({});
    expect(run.outputs['objects']).toMatch(/\nHelmRelease \S+\/late 1\.0\.0 InstallSucceeded /);
  });
});

describe('an OCI artifact', () => {
  const makeArtifact = async () => {
    const gitops = await world.makeGitops({ 'README.md': 'elsewhere\n' }, {});
    const { namespace } = gitops;
    const push = (value: string, revision?: string): Promise<string> =>
      world.pushArtifact(namespace, {
        ...{ tag: 'latest', files: { 'apps/ui.yaml': configMap('ui', value) } },
        ...(revision === undefined ? {} : { revision }),
      });
    const digest = await push('1');
    const objects = [
      fluxObject(
        'OCIRepository',
        { namespace, name: 'apps' },
        {
          ...{ url: `oci://${world.registry}/${namespace}`, insecure: true, ref: { tag: 'latest' } },
        },
      ),
      fluxObject(
        'Kustomization',
        { namespace, name: 'apps' },
        {
          ...{ path: './apps', prune: true, targetNamespace: namespace, sourceRef: { kind: 'OCIRepository', name: 'apps' } },
        },
      ),
    ];
    await world.plane.api.apply(objects.map(toYaml).join(''));
    return { gitops, push, digest, common: [`--namespace=${namespace}`, '--kustomization=apps', '--tolerate=1s'] };
  };

  test.concurrent('is waited for by its digest', async () => {
    const { push, digest, common, gitops } = await makeArtifact();
    expect(await world.run([...common, `--revision=${digest}`])).toMatchObject({
      ...{ exitCode: 0, outputs: { revision: `latest@${digest}`, commit: '', superseded: 'false' } },
    });
    const next = await push('2');
    const run = await world.run([...common, `--revision=${next}`]);
    expect(run).toMatchObject({ exitCode: 0, outputs: { revision: `latest@${next}` } });
    expect(run.outputs['objects']).toMatch(/^OCIRepository \S+\/apps latest@sha256:\S+ Succeeded \S+\nKustomization /);
    expect(await world.plane.api.get(nameOf(gitops, 'ConfigMap', 'ui'))).toMatchObject({ data: { value: '2' } });
    expect(await world.run([...common, `--revision=${digest}`])).toMatchObject({
      exitCode: 1,
      error: { code: 'REVISION_NOT_FETCHED' },
    });
  });

  test.concurrent('is waited for by the commit that it was made of, where it tells', async () => {
    const { gitops, push, common } = await makeArtifact();
    const [commit = ''] = await gitops.commits();
    const untold = await world.run([...common, `--revision=${commit}`, `--repository=${gitops.url}`]);
    expect(untold).toMatchObject({ exitCode: 1, error: { code: 'REVISION_UNVERIFIED' } });
    await push('2', `main@sha1:${commit}`);
    expect(await world.run([...common, `--revision=${commit}`])).toMatchObject({
      exitCode: 0,
      outputs: { commit, superseded: 'false' },
    });
    const later = await gitops.commit({ 'README.md': 'later\n' });
    await push('3', `main@sha1:${later}`);
    const run = await world.run([...common, `--revision=${commit}`, `--repository=${gitops.url}`]);
    expect(run).toMatchObject({ exitCode: 0, outputs: { commit: later, superseded: 'true' } });
  });

  test.concurrent('that is not in the registry fails when that has lasted', async () => {
    const { gitops, common } = await makeArtifact();
    const patch = { spec: { ref: { tag: 'none' } } };
    const name = { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'OCIRepository', metadata: { ...gitops, name: 'apps' } };
    await world.plane.api.patch(name, patch);
    const run = await world.run([...common, '--with-source']);
    expect(run).toMatchObject({ exitCode: 1, error: { code: 'SOURCE_FAILED' } });
    expect(run.error['detail']).toContain('MANIFEST_UNKNOWN');
  });
});
