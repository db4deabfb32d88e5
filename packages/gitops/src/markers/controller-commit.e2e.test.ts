import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BareRepository, startControlPlane, startGitServer, startImageAutomation, withFolder } from '@eks-gitops/testbed';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { expect } from '@jest/globals';
import { parseAllDocuments, stringify } from 'yaml';
import { editMarkers, type PolicyImage } from './edit-markers.ts';
import { scanManifests } from './scan.ts';

const test = await testNeeding('etcd', 'kube-apiserver', 'image-automation-controller');

const ui: PolicyImage = {
  policy: { namespace: 'flux-system', name: 'ui' },
  name: '123456789012.dkr.ecr.us-west-2.amazonaws.com/shop/ui',
  tag: 'i20261123100000-01234567',
};
const api: PolicyImage = { policy: { namespace: 'flux-system', name: 'api' }, name: 'host/api', tag: '1.10' };
const cart: PolicyImage = { ...api, policy: { ...api.policy, name: 'cart' }, digest: `sha256:${'0a'.repeat(32)}` };

const files: Readonly<Record<string, string>> = {
  'apps/ui/deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ui
spec:
  template:
    spec:

      containers:
        - name: ui   # the page
          image: "public.ecr.aws/aws-containers/retail-store-sample-ui:0.4.0" # {"$imagepolicy": "flux-system:ui"}
`,
  'apps/api/release.yml': `kind: HelmRelease
metadata: { name: api }
spec:
  values:
    image:
      repository: old # {"$imagepolicy": "flux-system:api:name"}
      tag: 1.9-rc # {"$imagepolicy": "flux-system:api:tag"}
---
kind: CronJob
metadata: { name: cart }
image: old # {"$imagepolicy": "flux-system:cart"}
`,
  'apps/Kustomization': `images:
- name: cart
  newName: old # {"$imagepolicy": "flux-system:cart:name"}
  digest: 'old' # {"$imagepolicy": "flux-system:cart:digest"}
`,
  'apps/plain.yaml': 'image: old # {"$imagepolicy": "flux-system:others"}\n',
  'elsewhere/ui.yaml': 'image: old # {"$imagepolicy": "flux-system:ui"}\n',
};

/** The repository's objects, but for the policies' status. */
function fluxObjects(url: string): string {
  const metadata = (name: string): object => ({ name, namespace: 'flux-system' });
  const policies = [ui, api, cart].map(({ policy }) => ({
    apiVersion: 'image.toolkit.fluxcd.io/v1',
    kind: 'ImagePolicy',
    metadata: metadata(policy.name),
    spec: { imageRepositoryRef: { name: policy.name }, policy: { alphabetical: { order: 'asc' } } },
  }));
  const source = {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata: metadata('gitops'),
    spec: { url, interval: '1h', ref: { branch: 'main' } },
  };
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'flux-system' } };
  return [namespace, source, ...policies].map(object => stringify(object)).join('---\n');
}

const automation = `
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageUpdateAutomation
metadata: { name: ui, namespace: flux-system }
spec:
  interval: 1h
  sourceRef: { kind: GitRepository, name: gitops }
  git: { commit: { author: { name: fluxcdbot, email: fluxcdbot@users.noreply.github.com } } }
  update: { strategy: Setters, path: ./apps }
`;

test('the image-automation-controller commits what we would, to the same files', async () => {
  const server = await startGitServer();
  const repository = await server.createRepository('shop/gitops.git', files);
  const controlPlane = await startControlPlane();
  const controller = await startImageAutomation({ controlPlane });
  await controlPlane.api.apply(fluxObjects(repository.url));
  for (const { policy, ...latestRef } of [ui, api, cart]) {
    const name = { apiVersion: 'image.toolkit.fluxcd.io/v1', kind: 'ImagePolicy', metadata: policy };
    await controlPlane.api.patchStatus(name, { latestRef });
  }
  await controlPlane.api.apply(automation);
  await waitForCommit(repository, controller.log);

  const ours = await editOurselves();
  const changed = (await repository.git('diff', '--name-only', 'main^', 'main')).split('\n');
  expect(changed).toEqual([...ours.keys()]);
  for (const [path, text] of ours)
    expect({ path, values: meaning(await repository.read(path)) }).toEqual({ path, values: meaning(text) });
  await Promise.all([controller.stop(), server.stop()]);
  await controlPlane.stop();
}, 240_000);

async function waitForCommit(repository: BareRepository, log: () => string): Promise<void> {
  const deadline = Date.now() + 120_000;
  while ((await repository.commits()).length < 2) {
    if (Date.now() > deadline) throw new Error(`The controller made no commit:\n${log()}`);
    await sleep(100);
  }
}

/** The files that change, with their text, sorted by path. */
async function editOurselves(): Promise<ReadonlyMap<string, string>> {
  return withFolder('tree', async root => {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
    const manifests = await scanManifests({ root, path: 'apps' });
    const { changes } = editMarkers({ manifests, images: [ui, api, cart] });
    return new Map(changes.map(({ path, content }) => [path, new TextDecoder().decode(content)]));
  });
}

function meaning(text: string): unknown[] {
  return parseAllDocuments(text).map(document => document.toJS());
}
