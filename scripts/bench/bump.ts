import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { editMarkers, scanManifests } from '@eks-gitops/gitops/markers';
import { landEdit, openRepository } from '@eks-gitops/gitops/repository';
import {
  type BareRepository,
  type ControlPlane,
  startControlPlane,
  startGitServer,
  startImageAutomation,
  withFolder,
} from '@eks-gitops/testbed';
import type { Contestant, Entry } from './entry.ts';
import { image, manifestCount, manifests, markedFile, policy } from './manifests.ts';
import { access, identity } from './repository-access.ts';

const controller = 'the controller, from the policy’s new tag to its commit';
const told = 'ours, told the folder';

/** A whole pass over a repository: clone, edit, commit, push. */
export const bumpEntry: Entry = {
  name: 'bump',
  title: `From a new tag to the commit in a repository of ${manifestCount.toLocaleString('en')} files`,
  unit: 'ms',
  rounds: 7,
  tools: ['etcd', 'kube-apiserver', 'image-automation-controller'],
  targets: [{ of: told, atMost: 0.1, against: controller }],
  prepare: async ({ signal }) => {
    const server = await startGitServer();
    const repository = await server.createRepository('shop/gitops.git', manifests());
    const controlPlane = await startControlPlane();
    const automation = await startImageAutomation({ controlPlane });
    await controlPlane.api.apply(fluxObjects(repository.url));
    const land = (paths: string) => (tag: string) => bump({ url: repository.url, path: paths, tag, signal });
    return {
      contestants: [
        contestant(repository, controller, tag => setTag(controlPlane, tag)),
        contestant(repository, 'ours, of the whole repository', land('.')),
        contestant(repository, told, land('apps/50')),
      ],
      close: async () => {
        await automation.stop();
        await controlPlane.stop();
        await server.stop();
      },
    };
  },
};

/** Measures until the branch has the commit. */
function contestant(repository: BareRepository, name: string, start: (tag: string) => Promise<unknown>): Contestant {
  const head = (): Promise<string> => readFile(join(repository.folder, 'refs', 'heads', 'main'), 'utf8');
  const measure = async (): Promise<number> => {
    const tag = `i${process.hrtime.bigint()}`;
    const before = await head();
    const began = performance.now();
    await start(tag);
    while ((await head()) === before) {
      if (performance.now() - began > 120_000) throw new Error(`${name} made no commit.`);
      await sleep(5);
    }
    const taken = performance.now() - began;
    if (!(await repository.read(markedFile)).includes(`newTag: ${tag}`)) throw new Error(`${name} did not write ${tag}.`);
    return taken;
  };
  return { name, measure };
}

interface Bump {
  readonly url: string;
  readonly path: string;
  readonly tag: string;
  readonly signal: AbortSignal;
}

async function bump({ url, path, tag, signal }: Bump): Promise<void> {
  await withFolder('bump', async around => {
    const folder = join(around, 'private');
    await mkdir(folder, { mode: 0o700 });
    const repository = await openRepository({ ...access, place: { kind: 'remote', url }, paths: [path], folder, signal });
    const edit = async ({ root }: { root: string }) => {
      const { changes } = editMarkers({
        manifests: await scanManifests({ root, path, signal }),
        images: [{ policy, name: image, tag }],
      });
      return { changes, message: `Update ${image}\n`, result: undefined };
    };
    await landEdit({ repository, edit, identity, deadline: new Date(Date.now() + 120_000), signal });
  });
}

const imagePolicy = {
  apiVersion: 'image.toolkit.fluxcd.io/v1',
  kind: 'ImagePolicy',
  metadata: { name: policy.name, namespace: policy.namespace },
};

function setTag({ api }: ControlPlane, tag: string): Promise<void> {
  return api.patchStatus(imagePolicy, { latestRef: { name: image, tag } });
}

function fluxObjects(url: string): string {
  const metadata = `{ name: ${policy.name}, namespace: ${policy.namespace} }`;
  return `
apiVersion: v1
kind: Namespace
metadata: { name: ${policy.namespace} }
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: ${metadata}
spec: { url: "${url}", interval: 1h, ref: { branch: main } }
---
${JSON.stringify({ ...imagePolicy, spec: { imageRepositoryRef: { name: image }, policy: { alphabetical: {} } } })}
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageUpdateAutomation
metadata: ${metadata}
spec:
  interval: 1h
  sourceRef: { kind: GitRepository, name: ${policy.name} }
  git: { commit: { author: { email: fluxcdbot@users.noreply.github.com } } }
  update: { path: ./apps }
`;
}
