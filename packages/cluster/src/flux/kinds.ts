import type { ResourceName } from '../cluster.ts';

/** The kinds of Flux that are reconciled, in the versions that Flux 2.7 and later serve. */
const apiVersions = {
  GitRepository: 'source.toolkit.fluxcd.io/v1',
  OCIRepository: 'source.toolkit.fluxcd.io/v1',
  Bucket: 'source.toolkit.fluxcd.io/v1',
  HelmRepository: 'source.toolkit.fluxcd.io/v1',
  HelmChart: 'source.toolkit.fluxcd.io/v1',
  Kustomization: 'kustomize.toolkit.fluxcd.io/v1',
  HelmRelease: 'helm.toolkit.fluxcd.io/v2',
  ImageRepository: 'image.toolkit.fluxcd.io/v1',
  ImagePolicy: 'image.toolkit.fluxcd.io/v1',
  ImageUpdateAutomation: 'image.toolkit.fluxcd.io/v1',
} as const;

const controllers: Readonly<Record<FluxKind, string>> = {
  GitRepository: 'source-controller',
  OCIRepository: 'source-controller',
  Bucket: 'source-controller',
  HelmRepository: 'source-controller',
  HelmChart: 'source-controller',
  Kustomization: 'kustomize-controller',
  HelmRelease: 'helm-controller',
  ImageRepository: 'image-reflector-controller',
  ImagePolicy: 'image-reflector-controller',
  ImageUpdateAutomation: 'image-automation-controller',
};

export type FluxKind = keyof typeof apiVersions;

/** One object of Flux. */
export interface FluxName {
  readonly kind: FluxKind;
  readonly namespace: string;
  readonly name: string;
}

export function isFluxKind(kind: string): kind is FluxKind {
  return Object.hasOwn(apiVersions, kind);
}

/** Which controller acts on a kind. */
export function controllerOf(kind: FluxKind): string {
  return controllers[kind];
}

/** `Kustomization flux-system/apps`. */
export function formatFluxName({ kind, namespace, name }: FluxName): string {
  return `${kind} ${namespace}/${name}`;
}

export function resourceName(name: FluxName): ResourceName & FluxName {
  return { apiVersion: apiVersions[name.kind], ...name };
}

/** Where the objects of a kind are in a namespace. */
export function resourcesIn(kind: FluxKind, namespace: string): { apiVersion: string; kind: FluxKind; namespace: string } {
  return { apiVersion: apiVersions[kind], kind, namespace };
}
