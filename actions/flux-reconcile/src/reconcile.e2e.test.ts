import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseRecord, type ReleaseRecord } from '@eks-gitops/action';
import { fluxComponents } from '@eks-gitops/testbed';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { afterAll, beforeAll, describe, expect, jest } from '@jest/globals';
import { configMap, fluxObject, makeWorld, toYaml, type World } from './e2e-world.ts';

const test = await testNeeding('etcd', 'kube-apiserver', 'docker-registry', ...fluxComponents);

const tagAt = (second: number): string => `i202611231017${String(second).padStart(2, '0')}-ac8730e8`;
const nowhere = 'a'.repeat(40);
/** Milliseconds in which a cancelled run has to be over: ten times what it may take, since the machine has others to run too. */
const tenfoldSecond = 10_000;
// A hang guard: many of them run at once.
jest.setTimeout(240_000);

let world: World;
beforeAll(async () => {
  world = await makeWorld(fluxComponents);
}, 240_000);
afterAll(async () => {
  await world.stop();
}, 60_000);

function deployment(image: string): string {
  const template = { metadata: { labels: { app: 'ui' } }, spec: { containers: [{ name: 'ui', image }] } };
  const spec = { selector: { matchLabels: { app: 'ui' } }, template };
  return toYaml({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'ui' }, spec });
}

describe('a revision', () => {
  test.concurrent('is fetched and applied, and told by object', async () => {
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

  test.concurrent('is a table in the job summary, of what has failed and what was done before too', async () => {
    const gitops = await world.makeGitops({ 'apps/ui.yaml': configMap('ui', '1') });
    const { namespace } = gitops;
    const cell = (text: string): string => `<code>${text}</code>`;
    const row = (kind: string, name: string): RegExp =>
      new RegExp(
        `^\\| ${cell(kind)} \\| ${cell(`${namespace}/${name}`)} \\| ${cell('main@sha1:\\w{8}')} \\| \\S+ed</code> \\| <code>[\\d.]+</code> \\|$`,
        'm',
      );
    const done = await world.summaryOf({ namespace, kustomization: 'apps', 'with-source': 'true' });
    expect(done).toContain('| kind | name | revision | reason | seconds |');
    expect(done).toMatch(row('GitRepository', 'gitops'));
    expect(done).toMatch(row('Kustomization', 'apps'));
    expect(done).not.toContain('| objects |');
    await gitops.commit({ 'apps/ui.yaml': 'kind: [' });
    const failed = await world.summaryOf({ namespace, kustomization: 'apps', 'with-source': 'true' });
    expect(failed).toContain('flux-reconcile failed');
    expect(failed).toMatch(row('GitRepository', 'gitops'));
    expect(failed).toMatch(
      new RegExp(
        `^\\| ${cell('Kustomization')} \\| ${cell(`${namespace}/apps`)} \\| ${cell('none')} \\| ${cell('RECONCILIATION_FAILED')} \\| `,
        'm',
      ),
    );
  });

  test.concurrent('is what the record says, to which what is applied is added', async () => {
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

  test.concurrent('counts as applied by a later commit that contains it, where the history says so', async () => {
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

  test.concurrent('counts by a later commit whose workload names the image, without the history', async () => {
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

  test.concurrent('comes after what it depends on, whose failure is told, and earlier failures do not count', async () => {
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
  test.concurrent('kustomization with source, and without', async () => {
    const gitops = await world.makeGitops({ 'apps/ui.yaml': configMap('ui', '1') });
    const common = [`--namespace=${gitops.namespace}`, '--kustomization=apps'];
    const [first] = await gitops.commits();
    expect(await world.run([...common, '--with-source'])).toMatchObject({ exitCode: 0, outputs: { commit: first } });
    const second = await gitops.commit({ 'apps/ui.yaml': configMap('ui', '2') });
    expect(await world.run(common)).toMatchObject({ exitCode: 0, outputs: { commit: first } });
    expect(await world.run([...common, '--with-source'])).toMatchObject({ exitCode: 0, outputs: { commit: second } });
  });

  test.concurrent('the image repository is scanned, Flux writes its tag, and the commit is applied', async () => {
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

  test.concurrent('a policy that selects another tag tells why', async () => {
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
  test.concurrent('a suspended Kustomization fails with how to resume it', async () => {
    const gitops = await world.makeGitops({ 'apps/ui.yaml': configMap('ui', '1') }, { apps: { suspend: true } });
    const run = await world.run([`--namespace=${gitops.namespace}`, '--kustomization=apps', '--with-source']);
    expect(run).toMatchObject({ exitCode: 1, error: { code: 'RECONCILIATION_SUSPENDED' } });
    expect(run.error['remedy']).toContain(`flux resume kustomization apps -n ${gitops.namespace}`);
  });

  test.concurrent('an object that is not there, and Kustomizations in a circle', async () => {
    const circle = { a: { dependsOn: [{ name: 'b' }] }, b: { dependsOn: [{ name: 'a' }] } };
    const gitops = await world.makeGitops({ 'a/x.yaml': configMap('x', '1') }, circle);
    const common = [`--namespace=${gitops.namespace}`];
    expect(await world.run([...common, '--kustomization=none'])).toMatchObject({ error: { code: 'OBJECT_MISSING' } });
    expect(await world.run([...common, '--kustomization=a'])).toMatchObject({ error: { code: 'RECONCILIATION_STALLED' } });
  });

  test.concurrent('a branch that was deleted fails when that has lasted', async () => {
    const gitops = await world.makeGitops({ 'apps/ui.yaml': configMap('ui', '1') });
    await gitops.git('branch', '-m', 'main', 'gone');
    const args = [`--namespace=${gitops.namespace}`, '--kustomization=apps', '--with-source', '--tolerate=2s'];
    const run = await world.run(args);
    expect(run).toMatchObject({ exitCode: 1, error: { code: 'SOURCE_FAILED' } });
    expect(run.error['detail']).toContain('refs/heads/main');
    expect(run.log).toContain(`GitRepository ${gitops.namespace}/gitops: asking for a reconciliation`);
    expect(run.log).toContain(`GitRepository ${gitops.namespace}/gitops: GitOperationFailed: `);
  });

  test.concurrent('a failed health check names what is not healthy', async () => {
    const gitops = await world.makeGitops(
      { 'apps/ui.yaml': configMap('ui', 'broken') },
      { apps: healthy("data.value == 'fine'") },
    );
    const run = await world.run([`--namespace=${gitops.namespace}`, '--kustomization=apps', '--with-source']);
    expect(run).toMatchObject({ exitCode: 1, error: { code: 'HEALTH_CHECK_FAILED' } });
    expect(run.error['found']).toBe(`ConfigMap/${gitops.namespace}/ui (Failed)`);
  });

  test.concurrent('a Kustomization that is stalled fails with why', async () => {
    const gitops = await world.makeGitops({ 'apps/ui.yaml': configMap('ui', '1') }, { apps: healthy('no expression (') });
    const run = await world.run([`--namespace=${gitops.namespace}`, '--kustomization=apps', '--with-source']);
    expect(run).toMatchObject({ exitCode: 1, error: { code: 'RECONCILIATION_STALLED', found: 'InvalidCELExpression' } });
    expect(run.error['detail']).toContain('no expression (');
  });

  test.concurrent('an object that the API server refuses is told in its words', async () => {
    const gitops = await world.makeGitops({ 'apps/ui.yaml': configMap('No_Name', '1') });
    const run = await world.run([`--namespace=${gitops.namespace}`, '--kustomization=apps', '--with-source']);
    expect(run).toMatchObject({ exitCode: 1, error: { code: 'RECONCILIATION_FAILED', found: 'ReconciliationFailed' } });
    expect(run.error['detail']).toContain('a lowercase RFC 1123 subdomain');
  });

  test.concurrent('what may not be pruned is told', async () => {
    const files = { 'apps/ui.yaml': configMap('ui', '1'), 'apps/old.yaml': configMap('old', '1') };
    const gitops = await world.makeGitops(files, { apps: { serviceAccountName: 'limited' } });
    const { namespace } = gitops;
    const metadata = { namespace, name: 'limited' };
    const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch', 'create', 'patch'] }];
    const rbac = { apiVersion: 'rbac.authorization.k8s.io/v1' };
    const subjects = [{ kind: 'ServiceAccount', ...metadata }];
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'limited' };
    const objects = [
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
      { ...rbac, kind: 'Role', metadata, rules },
      { ...rbac, kind: 'RoleBinding', metadata, subjects, roleRef },
    ];
    await world.plane.api.apply(objects.map(toYaml).join(''));
    const common = [`--namespace=${namespace}`, '--kustomization=apps', '--with-source'];
    expect(await world.run(common)).toMatchObject({ exitCode: 0 });
    await gitops.commit({ 'apps/old.yaml': '# nothing\n' });
    const run = await world.run(common);
    expect(run).toMatchObject({ exitCode: 1, error: { code: 'RECONCILIATION_FAILED', found: 'PruneFailed' } });
    expect(run.error['detail']).toContain(`ConfigMap/${namespace}/old`);
  });

  test.concurrent('a path that the source does not have fails when that has lasted', async () => {
    const gitops = await world.makeGitops({ 'README.md': 'empty\n' });
    const run = await world.run([`--namespace=${gitops.namespace}`, '--kustomization=apps', '--with-source', '--tolerate=1s']);
    expect(run).toMatchObject({ exitCode: 1, error: { code: 'SOURCE_FAILED', found: 'ArtifactFailed' } });
    expect(run.error['detail']).toContain('path not found');
  });
});

/** Judges the ConfigMaps of a Kustomization by an expression of CEL. */
function healthy(current: string): object {
  return { wait: true, healthCheckExprs: [{ apiVersion: 'v1', kind: 'ConfigMap', current, failed: "data.value == 'broken'" }] };
}

describe('access', () => {
  test('needs the rights that the README names, and each of them; the missing one is told, with what would give it', async () => {
    const readme = await readFile(join(import.meta.dirname, '../README.md'), 'utf8');
    const [, role = ''] = /## Access to the cluster.*?```yaml\n(.*?)```/s.exec(readme) ?? [];
    const [head = '', flux = '', events = '', workloads = ''] = role.split(/(?=^ {2}- apiGroups)/m);
    const verbs = /verbs: \[(.*)\]/.exec(flux)?.[1]?.split(', ') ?? [];
    expect(verbs).toHaveLength(4);
    const gitops = await world.makeGitops({ 'apps/ui.yaml': deployment('registry.example/ui:1') });
    const commit = await gitops.commit({ 'apps/ui.yaml': deployment('registry.example/ui:2') });
    await gitops.commit({ 'apps/more.yaml': configMap('more', '1') });
    const runWith = async (name: string, ...rules: readonly string[]) => {
      const user = `arn:aws:sts::123456789012:assumed-role/${name}/ci`;
      const rbac = { apiGroup: 'rbac.authorization.k8s.io' };
      const binding = {
        ...{ apiVersion: `${rbac.apiGroup}/v1`, kind: 'ClusterRoleBinding', metadata: { name } },
        ...{ roleRef: { ...rbac, kind: 'ClusterRole', name }, subjects: [{ ...rbac, kind: 'User', name: user }] },
      };
      await world.plane.api.apply([head.replace('name: flux-reconcile', `name: ${name}`), ...rules, toYaml(binding)].join(''));
      const args = [`--namespace=${gitops.namespace}`, '--kustomization=apps', `--revision=${commit}`];
      return world.run([...args, '--image=registry.example/ui:2', `--kubeconfig=${await world.kubeconfigAs(user)}`]);
    };
    const full = await runWith('full', flux, events, workloads);
    expect(full).toMatchObject({ exitCode: 0, outputs: { superseded: 'true' } });
    expect(full.log).not.toContain('cannot be shown');
    for (const verb of verbs) {
      const rest = verbs.filter(one => one !== verb).join(', ');
      const run = await runWith(`no-${verb}`, flux.replace(/verbs: \[.*\]/, `verbs: [${rest}]`), events, workloads);
      expect(run).toMatchObject({ exitCode: 1, error: { code: 'CLUSTER_DENIED' } });
      expect(run.error['message']).toMatch(
        new RegExp(`may not ${verb} \\w+\\.\\w+\\.toolkit\\.fluxcd\\.io "\\w+" in the namespace`),
      );
      expect(run.error['remedy']).toMatch(new RegExp(`"verbs": \\[[^\\]]*"${verb}"`));
      expect(run.error['remedy']).toContain(`--principal-arn arn:aws:iam::123456789012:role/no-${verb} `);
    }
    const blind = await runWith('no-workloads', flux, events);
    expect(blind).toMatchObject({ exitCode: 1, error: { code: 'CLUSTER_DENIED' } });
    expect(blind.error['message']).toContain('may not get deployments.apps "ui"');
    const deaf = await runWith('no-events', flux, workloads);
    expect(deaf.exitCode).toBe(0);
    expect(deaf.log).toContain('The events of Kustomization');
  });
});

describe('a wait', () => {
  test('nothing that happens ends at the time limit, with what was waited for', async () => {
    const gitops = await world.makeGitops({ 'apps/ui.yaml': configMap('ui', '1') });
    await world.flux.kill('source-controller');
    const args = [`--namespace=${gitops.namespace}`, '--kustomization=apps', '--with-source'];
    const run = await world.run([...args, '--timeout=2s']);
    await world.flux.restart('source-controller');
    expect(run).toMatchObject({ exitCode: 3, error: { code: 'TIMED_OUT' } });
    expect(run.error['found']).toContain('source-controller to take the request');
  });

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

  test('goes on when the git server is back after a crash in the middle of a fetch', async () => {
    const gitops = await world.makeGitops({ 'apps/ui.yaml': configMap('ui', '1') });
    const commit = await gitops.commit({ 'apps/ui.yaml': configMap('ui', '2') });
    const fetches = world.holdFetches();
    const run = world.start([`--namespace=${gitops.namespace}`, '--kustomization=apps', `--revision=${commit}`]);
    await fetches.asked;
    await world.git.kill();
    fetches.release();
    await run.said('Going on for 60 s');
    await world.git.restart();
    expect(await run.finished).toMatchObject({ exitCode: 0, outputs: { commit } });
  });

  test('goes on when the controller is back after a crash in the middle of its work', async () => {
    const gitops = await world.makeGitops({ 'apps/ui.yaml': configMap('ui', '1') }, { apps: healthy('has(data.ready)') });
    const run = world.start([`--namespace=${gitops.namespace}`, '--kustomization=apps', '--with-source']);
    await run.said('health checks');
    await world.flux.kill('kustomize-controller');
    const name = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: gitops.namespace, name: 'ui' } };
    await world.plane.api.patch(name, { data: { ready: 'yes' } });
    await world.flux.restart('kustomize-controller');
    expect(await run.finished).toMatchObject({ exitCode: 0 });
  });

  test('is over within a second when it is cancelled, and leaves nothing', async () => {
    const gitops = await world.makeGitops({ 'apps/ui.yaml': configMap('ui', '1') });
    const run = world.start([`--namespace=${gitops.namespace}`, '--kustomization=apps', `--revision=${nowhere}`]);
    await run.said('Going on for 60 s');
    const sent = performance.now();
    run.interrupt('SIGTERM');
    expect(await run.finished).toMatchObject({ exitCode: 130, error: { code: 'CANCELLED' } });
    expect(performance.now() - sent).toBeLessThan(tenfoldSecond);
    expect(await world.leftovers()).toEqual([]);
  });
});
