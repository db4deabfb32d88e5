/** Where a tool comes from when neither PATH nor the cache has it. */
export type Source =
  | {
      readonly kind: 'go';
      readonly module: string;
      /** Packages of the module. */
      readonly commands: readonly string[];
      /** `variable=value` for the linker, where the tool does not know its version. */
      readonly stamp?: string;
      /** The publisher's own image of the same version, where there is one, and the absolute paths of the executables in it. */
      readonly image?: { readonly reference: string; readonly files: readonly string[] };
      /** What `v0.0.0` means in its go.mod: the version of the modules that live in the same repository. */
      readonly placeholder?: string;
      /** Modules (`path@version`) that stand in for the version that its go.mod names, where the proxy does not serve that one. */
      readonly replaced?: readonly string[];
      /** A command of ours, in the testbed's `go/`, that is laid into the module as `./cmd/<name>`. */
      readonly own?: string;
      /** Modules (`path@version`) whose custom resource definitions go into the folder `crds` beside the executables. */
      readonly crds?: readonly string[];
    }
  | {
      readonly kind: 'debian';
      readonly package: string;
      readonly architecture?: 'amd64' | 'arm64';
      /** Packages of what it needs beside it, which a machine may lack. */
      readonly beside?: readonly string[];
    }
  | { readonly kind: 'pypi'; readonly requirement: string };

export interface ToolSpec {
  /**
   * Pinned version; one on PATH counts in this version or newer. For Debian's tools the oldest that will do. For a command of ours it
   * is the version of the module that it is built in, `+` and a number that changes with the command.
   */
  readonly version: string;
  readonly source: Source;
  /** The executable, below the tool's folder in the cache. */
  readonly file: string;
  /** How the tool is looked for on PATH; a tool without it comes from the cache alone. */
  readonly onPath?: {
    readonly executable: string;
    readonly versionArgs: readonly string[];
    /** Its name among docker's plugins, which are looked through after PATH. */
    readonly plugin?: string;
  };
  /** Seconds that bringing it takes on two idle cores, everything cold. */
  readonly estimate: number;
}

/** Every tool that tests, lab and bench use, pinned. */
export const tools = {
  buildx: {
    version: '0.38.2',
    source: {
      kind: 'go',
      module: 'github.com/docker/buildx',
      commands: ['./cmd/buildx'],
      stamp: 'github.com/docker/buildx/version.Version=v0.38.2',
      image: { reference: 'docker/buildx-bin:0.38.2', files: ['/buildx'] },
    },
    file: 'buildx',
    onPath: { executable: 'buildx', versionArgs: ['version'], plugin: 'docker-buildx' },
    estimate: 200,
  },
  buildkitd: {
    version: '0.34.2',
    source: {
      kind: 'go',
      module: 'github.com/moby/buildkit',
      commands: ['./cmd/buildctl', './cmd/buildkitd'],
      stamp: 'github.com/moby/buildkit/version.Version=v0.34.2',
      image: { reference: 'moby/buildkit:v0.34.2', files: ['/usr/bin/buildctl', '/usr/bin/buildkitd'] },
    },
    file: 'buildkitd',
    onPath: { executable: 'buildkitd', versionArgs: ['--version'] },
    estimate: 90,
  },
  act: {
    version: '0.2.89',
    source: { kind: 'go', module: 'github.com/nektos/act', commands: ['.'], stamp: 'main.version=0.2.89' },
    file: 'act',
    onPath: { executable: 'act', versionArgs: ['--version'] },
    estimate: 60,
  },
  actionlint: {
    version: '1.7.12',
    source: {
      kind: 'go',
      module: 'github.com/rhysd/actionlint',
      commands: ['./cmd/actionlint'],
      stamp: 'github.com/rhysd/actionlint.version=v1.7.12',
    },
    file: 'actionlint',
    onPath: { executable: 'actionlint', versionArgs: ['-version'] },
    estimate: 20,
  },
  'image-setters': {
    version: '1.2.4+1',
    source: {
      kind: 'go',
      module: 'github.com/fluxcd/image-automation-controller',
      commands: ['./cmd/image-setters'],
      own: 'image-setters',
    },
    file: 'image-setters',
    estimate: 30,
  },
  etcd: {
    version: '3.6.4',
    source: { kind: 'go', module: 'go.etcd.io/etcd/server/v3', commands: ['.'] },
    file: 'server',
    onPath: { executable: 'etcd', versionArgs: ['--version'] },
    estimate: 30,
  },
  'kube-apiserver': {
    version: '1.34.4',
    source: {
      kind: 'go',
      module: 'k8s.io/kubernetes',
      commands: ['./cmd/kube-apiserver'],
      stamp: 'k8s.io/component-base/version.gitVersion=v1.34.4',
      placeholder: '0.34.4',
    },
    file: 'kube-apiserver',
    onPath: { executable: 'kube-apiserver', versionArgs: ['--version'] },
    estimate: 300,
  },
  'kube-controller-manager': {
    version: '1.34.4',
    source: {
      kind: 'go',
      module: 'k8s.io/kubernetes',
      commands: ['./cmd/kube-controller-manager'],
      stamp: 'k8s.io/component-base/version.gitVersion=v1.34.4',
      placeholder: '0.34.4',
    },
    file: 'kube-controller-manager',
    onPath: { executable: 'kube-controller-manager', versionArgs: ['--version'] },
    estimate: 100,
  },
  'kube-scheduler': {
    version: '1.34.4',
    source: {
      kind: 'go',
      module: 'k8s.io/kubernetes',
      commands: ['./cmd/kube-scheduler'],
      stamp: 'k8s.io/component-base/version.gitVersion=v1.34.4',
      placeholder: '0.34.4',
    },
    file: 'kube-scheduler',
    onPath: { executable: 'kube-scheduler', versionArgs: ['--version'] },
    estimate: 20,
  },
  kubelet: {
    version: '1.34.4',
    source: {
      kind: 'go',
      module: 'k8s.io/kubernetes',
      commands: ['./cmd/kubelet'],
      stamp: 'k8s.io/component-base/version.gitVersion=v1.34.4',
      placeholder: '0.34.4',
    },
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
  yq: {
    version: '4.54.2',
    source: { kind: 'go', module: 'github.com/mikefarah/yq/v4', commands: ['.'] },
    file: 'yq',
    onPath: { executable: 'yq', versionArgs: ['--version'] },
    estimate: 30,
  },
  kustomize: {
    version: '5.8.1',
    source: { kind: 'go', module: 'sigs.k8s.io/kustomize/kustomize/v5', commands: ['.'] },
    file: 'kustomize',
    onPath: { executable: 'kustomize', versionArgs: ['version'] },
    estimate: 30,
  },
  'docker-registry': {
    version: '2.8.2',
    source: { kind: 'debian', package: 'docker-registry' },
    file: 'usr/bin/docker-registry',
    onPath: { executable: 'docker-registry', versionArgs: ['--version'] },
    estimate: 5,
  },
  runc: {
    version: '1.1.5',
    source: { kind: 'debian', package: 'runc' },
    file: 'usr/sbin/runc',
    onPath: { executable: 'runc', versionArgs: ['--version'] },
    estimate: 5,
  },
  'qemu-aarch64': {
    version: '7.2',
    source: { kind: 'debian', package: 'qemu-user-static' },
    file: 'usr/bin/qemu-aarch64-static',
    onPath: { executable: 'qemu-aarch64-static', versionArgs: ['--version'] },
    estimate: 10,
  },
  'busybox-amd64': {
    version: '1.35.0',
    source: { kind: 'debian', package: 'busybox-static', architecture: 'amd64' },
    file: 'bin/busybox',
    estimate: 5,
  },
  'busybox-arm64': {
    version: '1.35.0',
    source: { kind: 'debian', package: 'busybox-static', architecture: 'arm64' },
    file: 'bin/busybox',
    estimate: 10,
  },
  containerd: {
    version: '1.6.20',
    source: { kind: 'debian', package: 'containerd', beside: ['containernetworking-plugins'] },
    file: 'usr/bin/containerd',
    estimate: 10,
  },
  dockerd: {
    version: '20.10.24',
    source: { kind: 'debian', package: 'docker.io', beside: ['containerd', 'libdevmapper1.02.1'] },
    file: 'usr/sbin/dockerd',
    estimate: 10,
  },
  sshd: {
    version: '9.2',
    source: { kind: 'debian', package: 'openssh-server', beside: ['libwrap0'] },
    file: 'usr/sbin/sshd',
    onPath: { executable: 'sshd', versionArgs: ['-V'] },
    estimate: 5,
  },
  moto: {
    version: '5.2.5',
    source: { kind: 'pypi', requirement: 'moto[server]==5.2.5' },
    file: 'bin/moto_server',
    estimate: 30,
  },
  zizmor: {
    version: '1.32.0',
    source: { kind: 'pypi', requirement: 'zizmor==1.32.0' },
    file: 'bin/zizmor',
    onPath: { executable: 'zizmor', versionArgs: ['--version'] },
    estimate: 10,
  },
} as const satisfies Record<string, ToolSpec>;

export type ToolName = keyof typeof tools;

export const toolNames = Object.keys(tools).filter((name): name is ToolName => name in tools);

export function toolSpec(name: ToolName): ToolSpec {
  return tools[name];
}
