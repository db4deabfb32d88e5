import { kubernetes } from './cluster-table.ts';
import type { ToolSpec } from './source.ts';

/** What the bench alone takes: the tools that the cluster's actions stand in for, and a cluster's size without its pods. */
export const benchTable = {
  kubectl: {
    version: '1.34.4',
    source: { ...kubernetes, commands: ['./cmd/kubectl'] },
    file: 'kubectl',
    onPath: { executable: 'kubectl', versionArgs: ['version', '--client'] },
    estimate: 60,
  },
  flux: {
    version: '2.9.5',
    source: {
      kind: 'go',
      module: 'github.com/fluxcd/flux2/v2',
      commands: ['./cmd/flux'],
      stamp: 'main.VERSION=2.9.5',
      // What `flux install` applies, and no archive of the module holds.
      added: { 'cmd/flux/manifests/none.yaml': '' },
    },
    file: 'flux',
    onPath: { executable: 'flux', versionArgs: ['--version'] },
    estimate: 150,
  },
  kwok: {
    version: '0.8.0',
    source: { kind: 'go', module: 'sigs.k8s.io/kwok', commands: ['./cmd/kwok'], kept: ['kustomize/stage'] },
    file: 'kwok',
    estimate: 60,
  },
} as const satisfies Record<string, ToolSpec>;
