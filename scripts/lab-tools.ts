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
