import { benchTable } from './bench-table.ts';
import { clusterTable } from './cluster-table.ts';
import type { ToolSpec } from './source.ts';

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
  'cfn-lint': {
    version: '1.58.0',
    source: { kind: 'pypi', requirement: 'cfn-lint==1.58.0' },
    file: 'bin/cfn-lint',
    onPath: { executable: 'cfn-lint', versionArgs: ['--version'] },
    estimate: 20,
  },
  checkov: {
    version: '3.3.30',
    source: { kind: 'pypi', requirement: 'checkov==3.3.30' },
    file: 'bin/checkov',
    onPath: { executable: 'checkov', versionArgs: ['--version'] },
    estimate: 60,
  },
  ...clusterTable,
  ...benchTable,
} as const satisfies Record<string, ToolSpec>;

export type ToolName = keyof typeof tools;

export const toolNames = Object.keys(tools).filter((name): name is ToolName => name in tools);

export function toolSpec(name: ToolName): ToolSpec {
  return tools[name];
}
