import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ActionRun,
  apiCall,
  type CodeCommit,
  type Ecr,
  type Eks,
  type Execution,
  type Flux,
  type GitServer,
  type NpmRegistry,
  pageCommand,
  pushBusyboxImage,
  registryCalls,
  roleStatements,
  type SimulatedPipeline,
  simulatePipeline,
  startCodeCommit,
  startEcr,
  startEks,
  startFlux,
  startGitServer,
  startNpmRegistry,
  statementsAllow,
} from '@eks-gitops/testbed';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { afterAll, beforeAll, expect, jest } from '@jest/globals';
import { actionNames, recordFile, stageNames } from '../names.ts';
import { machineEnvironment, npmPackage, packCommand, place, roleCredentials } from './e2e-machine.ts';
import { labOptions } from './option-sets.ts';
import { pipelineTemplate } from './template.ts';

const plane = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'containerd', 'runc'] as const;
const flux = ['source-controller', 'kustomize-controller'] as const;
const testDeploy = await testNeeding('sandbox', 'moto', 'docker-registry', 'busybox-amd64', 'busybox-arm64', ...plane, ...flux);

jest.setTimeout(300_000);

const cluster = 'eks-workshop';
const revision = 'a'.repeat(40);
const release = 'i20261123101730-aaaaaaaa';

let folder: string;
let servers: readonly [Ecr, Eks, CodeCommit, GitServer];
let npm: NpmRegistry;
let controllers: Flux;
let pipeline: SimulatedPipeline;
let execution: Execution;

/** The stage alone, as it is retried in an execution whose builds are done, and whose tag Flux's automation has committed. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deploy-'));
  const entry = { accessKeyId: 'shop-deploy', secretAccessKey: 'testing', username: 'deployer', groups: ['eks-gitops-deploy'] };
  const [ecr, eks, codecommit, gitops, tarball] = await Promise.all([
    startEcr(),
    startEks({ name: cluster, entries: [entry] }),
    startCodeCommit(),
    startGitServer(),
    packCommand(folder),
  ]);
  servers = [ecr, eks, codecommit, gitops];
  npm = await startNpmRegistry({ tarballs: [tarball] });
  controllers = await startFlux({ cluster: eks.cluster, components: flux });
  const image = await pushBusyboxImage({ registry: ecr, repository: 'shop/ui', tag: release, command: pageCommand('new') });
  await apply({ eks, gitops, image: image.reference });
  const deployment = { clusterName: cluster, kustomization: 'apps', deployment: 'ui', namespace: 'ui' };
  const template = pipelineTemplate({ ...labOptions, toolPackage: npmPackage, deployment });
  const environment = machineEnvironment({ ecr, npm, programs: folder });
  pipeline = await simulatePipeline({
    template: JSON.parse(JSON.stringify(template)),
    place,
    codecommit,
    environment: ({ Name }) => ({ ...environment, ...roleCredentials(Name) }),
  });
  const actions = await doneRuns({ image: image.reference, digest: image.digest });
  const before = { id: 'done', status: 'Failed' as const, failedStage: stageNames.deploy, actions };
  const action = (name: string): ActionRun => {
    throw new Error(`${name} was not run.`);
  };
  execution = await pipeline.retryStage({ execution: { ...before, action }, actions: 'ALL_ACTIONS' });
});

afterAll(async () => {
  await Promise.all([pipeline?.stop(), controllers?.stop(), npm?.stop()]);
  await Promise.all(servers?.map(server => server.stop()) ?? []);
  await rm(folder ?? '', { recursive: true, force: true });
});

testDeploy(
  'simulated: the stage that deploys ends when the cluster runs the release, with the rights that the README gives it',
  () => {
    const { build, summary } = execution.action(actionNames.deploy);
    console.log(summary, build?.log);
    expect(execution.status).toBe('Succeeded');
  },
);

/** Used by CodeBuild itself, or only where a pod's image is not known by the record's digests. */
const usedElsewhere = [
  ...['logs:CreateLogStream', 'logs:PutLogEvents', 's3:GetObject', 's3:GetObjectVersion', 's3:PutObject'],
  ...['s3:GetBucketAcl', 's3:GetBucketLocation'],
];

testDeploy('the role of deploy allows every call that was made, and nothing that is not called', () => {
  const { project, startedAt, endedAt } = execution.action(actionNames.deploy);
  const [ecr, eks] = servers;
  const calls = [
    ...[...ecr.apiRequests(), ...eks.apiRequests()]
      .map(request => apiCall(request, place))
      .filter(({ accessKey }) => accessKey === 'shop-deploy'),
    // The node pulls too, as the node's own role: by its own client.
    ...ecr
      .registryRequests()
      .filter(({ startedAt: at, headers }) => at > startedAt && at < endedAt && !/^containerd/.test(headers['user-agent'] ?? ''))
      .flatMap(request => registryCalls(request, place)),
  ];
  const statements = roleStatements(pipeline.stack, project?.ServiceRole ?? '');
  expect(calls.filter(call => !statementsAllow(statements, call))).toEqual([]);
  const called = new Set([...calls.map(({ action }) => action), ...usedElsewhere]);
  expect(statements.flatMap(({ actions }) => actions).filter(action => !called.has(action))).toEqual([]);
});

/** The rights that the README gives the group, and a repository that Flux applies. */
async function apply({ eks, gitops, image }: { eks: Eks; gitops: GitServer; image: string }): Promise<void> {
  const readme = await readFile(join(import.meta.dirname, '../../README.md'), 'utf8');
  const rights = /```yaml\n(apiVersion: rbac[\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'ui', namespace: 'ui' },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: 'ui' } },
      template: {
        metadata: { labels: { app: 'ui' } },
        spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'ui', image }] },
      },
    },
  };
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ui' } };
  const { url } = await gitops.createRepository('gitops.git', { 'apps/ui.yaml': manifests(namespace, deployment) });
  const metadata = { name: 'apps', namespace: 'flux-system' };
  const source = {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata,
    spec: { interval: '1h', url, ref: { branch: 'main' } },
  };
  const kustomization = {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata,
    spec: { interval: '1h', path: './apps', prune: true, sourceRef: { kind: 'GitRepository', name: 'apps' } },
  };
  await eks.cluster.api.apply(`${rights}${manifests(source, kustomization)}`);
}

/** JSON is YAML. */
function manifests(...objects: readonly object[]): string {
  return objects.map(object => `---\n${JSON.stringify(object)}\n`).join('');
}

async function doneRuns({ image, digest }: { image: string; digest: string }): Promise<ActionRun[]> {
  const artifact = join(folder, 'record');
  await mkdir(artifact);
  const record = {
    schema: 1,
    image: image.replace(/:[^:]*$/, ''),
    revision,
    commitTime: '2026-11-23T10:17:30Z',
    builds: [],
    index: { digest, tag: release, platforms: ['linux/amd64', 'linux/arm64'] },
  };
  await writeFile(join(artifact, recordFile), JSON.stringify(record));
  const run = { status: 'Succeeded' as const, startedAt: 0, endedAt: 0, outputVariables: {}, artifact: undefined };
  const { source, amd64, arm64, index } = actionNames;
  return [
    ...[source, amd64, arm64].map(name => ({ ...run, name })),
    { ...run, name: index, artifact: { kind: 'files' as const, folder: artifact } },
  ];
}
