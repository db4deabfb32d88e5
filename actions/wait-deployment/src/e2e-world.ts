import {
  type AccessEntry,
  type BusyboxImage,
  type CommandWorld,
  type Ecr,
  type Eks,
  makeCommandWorld,
  pageCommand,
  pushBusyboxImage,
  startEcr,
  startEks,
} from '@eks-gitops/testbed';

/** A real cluster, which answers as one of Amazon EKS too, with two versions of a page in its registry, and the command as a user runs it. */
export interface World {
  readonly cluster: Eks['cluster'];
  readonly ecr: Ecr;
  readonly one: BusyboxImage;
  readonly two: BusyboxImage;
  /** As the cluster's administrator, by kubeconfig. */
  readonly command: CommandWorld;
  readonly stop: () => Promise<void>;
}

export const clusterName = 'shop';

/** `entries` are the users that the cluster knows by their access keys. */
export async function makeWorld(entries: readonly AccessEntry[]): Promise<World> {
  const [eks, ecr] = await Promise.all([startEks({ name: clusterName, entries }), startEcr()]);
  const { cluster } = eks;
  const push = (version: string): Promise<BusyboxImage> =>
    pushBusyboxImage({ registry: ecr, repository: 'shop/ui', tag: version, command: pageCommand(version) });
  const one = await push('i20261101000000-00000001');
  const two = await push('i20261102000000-00000002');
  const env = { KUBECONFIG: cluster.kubeconfig, NODE_EXTRA_CA_CERTS: ecr.certificateFile, ...ecr.env };
  const command = await makeCommandWorld('wait-deployment', env);
  const stop = async (): Promise<void> => {
    await Promise.all([eks.stop(), ecr.stop(), command.remove()]);
  };
  return { cluster, ecr, one, two, command, stop };
}

export interface WorkloadChange {
  readonly kind?: 'Deployment' | 'StatefulSet' | 'DaemonSet';
  readonly name: string;
  readonly namespace?: string;
  /** Of the workload itself. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly image: string;
  readonly spec?: object;
  readonly podSpec?: object;
  readonly container?: object;
}

/** A workload's manifest, whose pods end quickly. */
export function workload(change: WorkloadChange): string {
  const { kind = 'Deployment', name, namespace = 'default', labels = {}, image, spec, podSpec, container } = change;
  const matchLabels = { app: name };
  const template = {
    metadata: { labels: matchLabels },
    spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'ui', image, ...container }], ...podSpec },
  };
  const metadata = { name, namespace, labels };
  return JSON.stringify({ apiVersion: 'apps/v1', kind, metadata, spec: { selector: { matchLabels }, template, ...spec } });
}

/** Speaks for a container that serves the page. */
export const probe = { readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 } };

/** Fails for ever. */
export const failingProbe = { readinessProbe: { httpGet: { path: '/none', port: 8080 }, periodSeconds: 1 } };
