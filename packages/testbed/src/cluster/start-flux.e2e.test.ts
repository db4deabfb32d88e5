import { expect } from '@jest/globals';
import { z } from 'zod';
import { pageCommand, pushBusyboxImage } from '../busybox-image.ts';
import { startGitServer } from '../git/git-server.ts';
import { testNeeding } from '../needs.ts';
import { startEcr } from '../sandbox/ecr.ts';
import { fluxComponents } from './flux-controller.ts';
import { startCluster } from './start-cluster.ts';
import { startFlux } from './start-flux.ts';

const test = await testNeeding(
  ...(['sandbox', 'docker-registry', 'moto', 'busybox-amd64', 'busybox-arm64', 'etcd', 'kube-apiserver'] as const),
  ...(['kube-controller-manager', 'kube-scheduler', 'kubelet', 'containerd', 'runc', ...fluxComponents] as const),
);

const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'ui', namespace: 'default' } };
const count = z.number().optional();
const rollout = z.object({
  metadata: z.object({ generation: z.number() }),
  spec: z.object({ template: z.object({ spec: z.object({ containers: z.array(z.object({ image: z.string() })) }) }) }),
  status: z.object({ observedGeneration: count, replicas: count, updatedReplicas: count, availableReplicas: count }),
});
const pod = z.object({
  metadata: z.object({ deletionTimestamp: z.string().optional() }),
  status: z.object({ podIP: z.string().optional() }),
});

/** YAML with the marker that the automation looks for. */
function manifestOf(image: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ui
  namespace: default
spec:
  selector: {matchLabels: {app: ui}}
  template:
    metadata: {labels: {app: ui}}
    spec:
      terminationGracePeriodSeconds: 0
      containers:
        - name: ui
          image: ${image} # {"$imagepolicy": "flux-system:ui"}
`;
}

function fluxObjects({ git, image }: { git: string; image: string }): string {
  const author = '{ name: fluxcdbot, email: fluxcdbot@users.noreply.github.com }';
  return `
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: { name: apps, namespace: flux-system }
spec: { interval: 1s, url: ${git}, ref: { branch: main } }
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: apps, namespace: flux-system }
spec: { interval: 1m, path: ./, prune: true, wait: true, sourceRef: { kind: GitRepository, name: apps } }
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata: { name: ui, namespace: flux-system }
spec: { interval: 1s, provider: aws, image: ${image} }
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: { name: ui, namespace: flux-system }
spec: { imageRepositoryRef: { name: ui }, policy: { alphabetical: { order: asc } } }
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageUpdateAutomation
metadata: { name: ui, namespace: flux-system }
spec:
  interval: 1s
  sourceRef: { kind: GitRepository, name: apps }
  git: { checkout: { ref: { branch: main } }, commit: { author: ${author} }, push: { branch: main } }
  update: { path: ./, strategy: Setters }
`;
}

function rolledOut(image: string): (found: unknown) => boolean {
  return found => {
    const { spec, status, metadata } = rollout.parse(found);
    const { observedGeneration, replicas, updatedReplicas, availableReplicas } = status;
    const isWhole = [replicas, updatedReplicas, availableReplicas].every(number => number === 1);
    return spec.template.spec.containers[0]?.image === image && observedGeneration === metadata.generation && isWhole;
  };
}

test('a new tag becomes a commit, which is applied and rolled out, and the new page is answered', async () => {
  const [cluster, ecr, git] = await Promise.all([startCluster(), startEcr(), startGitServer()]);
  const push = (tag: string, page: string) =>
    pushBusyboxImage({ registry: ecr, repository: 'shop/ui', tag, command: pageCommand(page) });
  const first = await push('i1', 'Sample');
  const repository = await git.createRepository('apps.git', { 'ui.yaml': manifestOf(first.reference) });
  const flux = await startFlux({ cluster, env: ecr.env });
  await cluster.api.apply(fluxObjects({ git: repository.url, image: `${ecr.host}/shop/ui` }));
  await cluster.api.waitFor(deployment, { until: rolledOut(first.reference), within: 120 });
  const second = await push('i2', 'Sample New');
  await cluster.api.waitFor(deployment, { until: rolledOut(second.reference), within: 120 });
  const found = z.array(pod).parse(await cluster.api.list({ apiVersion: 'v1', kind: 'Pod', labelSelector: 'app=ui' }));
  const [{ status }] = z.tuple([pod]).parse(found.filter(({ metadata }) => metadata.deletionTimestamp === undefined));
  expect(await (await fetch(`http://${status.podIP}:8080/home`)).text()).toBe('Sample New');
  expect(await repository.read('ui.yaml')).toBe(manifestOf(second.reference));
  expect(await repository.git('log', '-1', '--format=%an', 'main')).toBe('fluxcdbot');
  await Promise.all([flux.stop(), git.stop(), ecr.stop(), cluster.stop()]);
}, 300_000);
