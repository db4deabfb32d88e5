import type { ToolSpec } from './source.ts';

/** Kubernetes' own commands: one module, in one version. */
export const kubernetes = {
  kind: 'go',
  module: 'k8s.io/kubernetes',
  stamp: 'k8s.io/component-base/version.gitVersion=v1.34.4',
  placeholder: '0.34.4',
} as const;

/** What a cluster with Flux is made of. */
export const clusterTable = {
  etcd: {
    version: '3.6.4',
    source: { kind: 'go', module: 'go.etcd.io/etcd/server/v3', commands: ['.'] },
    file: 'server',
    onPath: { executable: 'etcd', versionArgs: ['--version'] },
    estimate: 30,
  },
  'kube-apiserver': {
    version: '1.34.4',
    source: { ...kubernetes, commands: ['./cmd/kube-apiserver'] },
    file: 'kube-apiserver',
    onPath: { executable: 'kube-apiserver', versionArgs: ['--version'] },
    estimate: 300,
  },
  'kube-controller-manager': {
    version: '1.34.4',
    source: { ...kubernetes, commands: ['./cmd/kube-controller-manager'] },
    file: 'kube-controller-manager',
    onPath: { executable: 'kube-controller-manager', versionArgs: ['--version'] },
    estimate: 100,
  },
  'kube-scheduler': {
    version: '1.34.4',
    source: { ...kubernetes, commands: ['./cmd/kube-scheduler'] },
    file: 'kube-scheduler',
    onPath: { executable: 'kube-scheduler', versionArgs: ['--version'] },
    estimate: 20,
  },
  kubelet: {
    version: '1.34.4',
    source: { ...kubernetes, commands: ['./cmd/kubelet'] },
    file: 'kubelet',
    onPath: { executable: 'kubelet', versionArgs: ['--version'] },
    estimate: 280,
  },
  'client-config': {
    version: '0.34.4+1',
    source: { kind: 'go', module: 'k8s.io/client-go', commands: ['./cmd/client-config'], own: 'client-config' },
    file: 'client-config',
    estimate: 30,
  },
  'image-automation-controller': {
    version: '1.2.4',
    source: {
      kind: 'go',
      module: 'github.com/fluxcd/image-automation-controller',
      commands: ['.'],
      crds: [
        'github.com/fluxcd/image-automation-controller@v1.2.4',
        'github.com/fluxcd/image-reflector-controller@v1.2.4',
        'github.com/fluxcd/source-controller@v1.9.5',
      ],
    },
    file: 'image-automation-controller',
    estimate: 180,
  },
  'source-controller': {
    version: '1.9.5',
    source: {
      kind: 'go',
      module: 'github.com/fluxcd/source-controller',
      commands: ['.'],
      replaced: ['github.com/fluxcd/pkg/artifact@v0.18.1'],
      crds: ['github.com/fluxcd/source-controller@v1.9.5'],
    },
    file: 'source-controller',
    estimate: 240,
  },
  'kustomize-controller': {
    version: '1.9.5',
    source: {
      kind: 'go',
      module: 'github.com/fluxcd/kustomize-controller',
      commands: ['.'],
      crds: ['github.com/fluxcd/kustomize-controller@v1.9.5'],
    },
    file: 'kustomize-controller',
    estimate: 180,
  },
  'helm-controller': {
    version: '1.6.4',
    source: {
      kind: 'go',
      module: 'github.com/fluxcd/helm-controller',
      commands: ['.'],
      crds: ['github.com/fluxcd/helm-controller@v1.6.4'],
    },
    file: 'helm-controller',
    estimate: 150,
  },
  'image-reflector-controller': {
    version: '1.2.4',
    source: {
      kind: 'go',
      module: 'github.com/fluxcd/image-reflector-controller',
      commands: ['.'],
      replaced: ['github.com/fluxcd/pkg/artifact@v0.18.1'],
      crds: ['github.com/fluxcd/image-reflector-controller@v1.2.4'],
    },
    file: 'image-reflector-controller',
    estimate: 150,
  },
} as const satisfies Record<string, ToolSpec>;
