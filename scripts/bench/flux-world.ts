import { openRegistry } from '@eks-gitops/images/registry';
import {
  type BareRepository,
  type ControlPlane,
  type Flux,
  type FluxComponent,
  pushSyntheticImage,
  startControlPlane,
  startFlux,
  startGitServer,
  startRegistry,
} from '@eks-gitops/testbed';

/** Flux on an API server, with a Kustomization `apps` of a git repository in the namespace flux-system. */
export interface FluxWorld {
  readonly plane: ControlPlane;
  readonly repository: BareRepository;
  readonly flux: Flux;
  readonly stop: () => Promise<void>;
}

export const namespace = 'flux-system';
export const kustomization = {
  apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
  kind: 'Kustomization',
  metadata: { name: 'apps', namespace },
};
export const imageRepository = {
  apiVersion: 'image.toolkit.fluxcd.io/v1',
  kind: 'ImageRepository',
  metadata: { name: 'ui', namespace },
};

/** What `startFluxWorld` takes on the machine. */
export const fluxWorldTools = ['etcd', 'kube-apiserver', 'source-controller', 'kustomize-controller'] as const;

/** By itself Flux acts once an hour, so that what happens is the contestants' doing. */
export async function startFluxWorld(more: readonly FluxComponent[] = []): Promise<FluxWorld> {
  const [plane, git] = await Promise.all([startControlPlane(), startGitServer()]);
  const flux = await startFlux({ cluster: plane, components: ['source-controller', 'kustomize-controller', ...more] });
  const repository = await git.createRepository('gitops.git', { 'apps/ui.yaml': configMap('0') });
  const source = { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'GitRepository', metadata: { name: 'gitops', namespace } };
  const sourceSpec = { interval: '1h', url: repository.url, ref: { branch: 'main' } };
  const spec = { interval: '1h', path: './apps', prune: true, sourceRef: { kind: 'GitRepository', name: 'gitops' } };
  await plane.api.apply(JSON.stringify({ ...source, spec: sourceSpec }));
  await plane.api.apply(JSON.stringify({ ...kustomization, spec }));
  await plane.api.waitFor(kustomization, { until: object => JSON.stringify(object).includes('lastAppliedRevision') });
  const stop = async (): Promise<void> => {
    await Promise.all([flux.stop(), git.stop()]);
    await plane.stop();
  };
  return { plane, repository, flux, stop };
}

/** A manifest of a ConfigMap with a value of its own. */
export function configMap(value: string): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'ui', namespace: 'default' }, data: { value } });
}

/** Has an ImageRepository `ui` of a registry with one tag; gives what ends the registry. */
export async function addImageRepository({ plane }: FluxWorld): Promise<() => Promise<void>> {
  const registry = await startRegistry();
  const client = openRegistry({ credentials: async () => ({ kind: 'anonymous' }), signal: new AbortController().signal });
  const image = { platform: 'linux/amd64', revision: 'a'.repeat(40), commitTime: '2026-11-23T10:17:30Z' };
  const repository = { registry: registry.host, path: 'shop/ui' };
  await pushSyntheticImage({ registry: client, repository, tag: 'i20261123101730-aaaaaaaa', ...image });
  await client.close();
  const spec = { interval: '1h', image: `${registry.host}/shop/ui`, insecure: true };
  await plane.api.apply(JSON.stringify({ ...imageRepository, spec }));
  await plane.api.waitFor(imageRepository, { until: object => JSON.stringify(object).includes('lastScanResult') });
  return registry.stop;
}
