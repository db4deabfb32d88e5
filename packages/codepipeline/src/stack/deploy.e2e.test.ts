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
  type LoadBalancer,
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
  startLoadBalancer,
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
let controllers: readonly [Flux, LoadBalancer];
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
    packCommand(),
  ]);
  servers = [ecr, eks, codecommit, gitops];
  npm = await startNpmRegistry({ tarballs: [tarball] });
  controllers = await Promise.all([
    startFlux({ cluster: eks.cluster, components: flux }),
    startLoadBalancer({ cluster: eks.cluster }),
  ]);
  const image = await pushBusyboxImage({ registry: ecr, repository: 'shop/ui', tag: release, command: pageCommand('new') });
  await apply({ eks, gitops, image: image.reference });
  const deployment = { clusterName: cluster, kustomization: 'apps', deployment: 'ui', namespace: 'ui', ingress: 'ui' };
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
  await Promise.all([pipeline, ...(controllers ?? []), npm].map(part => part?.stop()));
  await Promise.all((servers ?? []).map(server => server.stop()));
  await rm(folder ?? '', { recursive: true, force: true });
});

testDeploy(
  'simulated: the stage that deploys ends when the load balancer answers with the release, by the rights that the README gives',
  () => {
    const { build, summary } = execution.action(actionNames.deploy);
    expect({ status: execution.status, summary }).toEqual({ status: 'Succeeded' });
    expect(build?.log).toMatch(
      /Kustomization flux-system\/apps: main@[\s\S]*ui\/deployment\/ui runs [\s\S]*\nurl=http:\/\/k8s-ui-ui-/,
    );
  },
);

/** Not called here: CodeBuild uses them outside the build, or they are for a pod whose image the record does not know by its digest. */
const usedElsewhere: Readonly<Record<string, string>> = {
  'logs:CreateLogStream': 'CodeBuild writes the log',
  'logs:PutLogEvents': 'CodeBuild writes the log',
  's3:GetObject': 'CodeBuild fetches the input artifact',
  's3:GetObjectVersion': 'CodeBuild fetches the input artifact',
  's3:GetBucketAcl': 'CodeBuild checks that the bucket is still its owner’s',
  's3:GetBucketLocation': 'CodeBuild finds the bucket',
  'ecr:GetAuthorizationToken': 'a pod reports another digest',
  'ecr:BatchGetImage': 'a pod reports another digest',
  'ecr:GetDownloadUrlForLayer': 'a pod reports another digest',
};

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
  const called = new Set([...calls.map(({ action }) => action), ...Object.keys(usedElsewhere)]);
  expect(statements.flatMap(({ actions }) => actions).filter(action => !called.has(action))).toEqual([]);
});

/** The rights that the README gives the group, and a repository that Flux applies. */
async function apply({ eks, gitops, image }: { eks: Eks; gitops: GitServer; image: string }): Promise<void> {
  const readme = await readFile(join(import.meta.dirname, '../../README.md'), 'utf8');
  const rights = /```yaml\n(apiVersion: rbac[\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const { url } = await gitops.createRepository('gitops.git', { 'apps/ui.yaml': manifests(...shop(image)) });
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

function shop(image: string): object[] {
  const metadata = { name: 'ui', namespace: 'ui' };
  const labels = { app: 'ui' };
  const pod = { terminationGracePeriodSeconds: 1, containers: [{ name: 'ui', image, ports: [{ containerPort: 8080 }] }] };
  const backend = { service: { name: 'ui', port: { number: 80 } } };
  const annotations = { 'alb.ingress.kubernetes.io/scheme': 'internet-facing', 'alb.ingress.kubernetes.io/target-type': 'ip' };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ui' } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: pod } },
    },
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] } },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { ...metadata, annotations },
      spec: { ingressClassName: 'alb', rules: [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }] },
    },
  ];
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
