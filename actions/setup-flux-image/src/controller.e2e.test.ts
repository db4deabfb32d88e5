import { setTimeout as sleep } from 'node:timers/promises';
import { planSetup, type SetupOptions } from '@eks-gitops/gitops/flux-objects';
import { type BareRepository, startControlPlane, startGitServer, startImageAutomation } from '@eks-gitops/testbed';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { expect } from '@jest/globals';

const test = await testNeeding('etcd', 'kube-apiserver', 'image-automation-controller');

const image = '123456789012.dkr.ecr.us-west-2.amazonaws.com/shop/ui';
const files = {
  'apps/ui/deployment.yaml':
    'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ui\nspec:\n  image: "public.ecr.aws/shop/ui:0.4.0"\n',
};
const policy = { namespace: 'flux-system', name: 'ui' };
const options: SetupOptions = {
  scan: { policy, image: { name: image, ecr: { account: '123456789012', region: 'us-west-2' } }, reflection: 'Always' },
  path: '.',
  place: { kind: 'image', images: ['public.ecr.aws/shop/ui'], files: [] },
  automation: {
    kind: 'flux',
    source: { namespace: 'flux-system', name: 'flux-system' },
    branch: 'main',
    author: { name: 'fluxcdbot', email: 'fluxcdbot@users.noreply.github.com' },
  },
  ingress: { name: 'ui', namespace: 'ui', host: 'shop.example', service: 'ui', port: 80, healthCheckPath: '/' },
};

const namespaces = ['flux-system', 'ui'].map(name => JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));

function source(url: string): string {
  const spec = { url, interval: '1h', ref: { branch: 'main' } };
  const metadata = { name: 'flux-system', namespace: 'flux-system' };
  return JSON.stringify({ apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'GitRepository', metadata, spec });
}

test('Kubernetes accepts every object that is set up, and Flux’s own controller then commits by them', async () => {
  const server = await startGitServer();
  const repository = await server.createRepository('gitops.git', files);
  const plan = planSetup(
    Object.entries(files).map(([path, text]) => ({ path, content: Buffer.from(text) })),
    options,
  );
  await repository.commit(Object.fromEntries(plan.changes.map(({ path, content }) => [path, content])));
  const controlPlane = await startControlPlane();
  const controller = await startImageAutomation({ controlPlane });
  const { api } = controlPlane;
  for (const object of [...namespaces, source(repository.url)]) await api.apply(object);
  for (const path of ['apps/ui/ui-image-automation.yaml', 'apps/ui/ingress.yaml']) await api.apply(await repository.read(path));

  const latestRef = { name: image, tag: 'i20261123171720-ac8730e8' };
  await api.patchStatus({ apiVersion: 'image.toolkit.fluxcd.io/v1', kind: 'ImagePolicy', metadata: policy }, { latestRef });
  await waitForCommit(repository, controller.log);
  expect(await repository.read('apps/ui/deployment.yaml')).toContain(`image: "${image}:${latestRef.tag}" # {`);
  expect(await repository.git('log', '-1', '--format=%an <%ae>|%B')).toBe(
    `fluxcdbot <fluxcdbot@users.noreply.github.com>|${image}:${latestRef.tag}\n`,
  );
  await Promise.all([controller.stop(), server.stop()]);
  await controlPlane.stop();
}, 240_000);

async function waitForCommit(repository: BareRepository, log: () => string): Promise<void> {
  const deadline = Date.now() + 150_000;
  while ((await repository.commits()).length < 3) {
    if (Date.now() > deadline) throw new Error(`The controller made no commit:\n${log()}`);
    await sleep(100);
  }
}
