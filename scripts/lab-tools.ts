import type { ToolName } from '@eks-gitops/testbed';

/** What the lab brings before it begins. */
export const labTools = [
  'buildx',
  'buildkitd',
  'docker-registry',
  'runc',
  'qemu-aarch64',
  'busybox-amd64',
  'busybox-arm64',
  'moto',
] as const satisfies readonly ToolName[];

/** What it needs beside them to go on into a cluster; most of it is long in the building. */
export const clusterTools = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'containerd',
  'source-controller',
  'kustomize-controller',
  'image-reflector-controller',
  'image-automation-controller',
] as const satisfies readonly ToolName[];
