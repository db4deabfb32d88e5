import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { type Lock, takeLock } from '../lock.ts';
import { ecrLogin } from '../sandbox/aws-hosts.ts';
import { currentSandbox } from '../sandbox/current.ts';
import { requireTool } from '../toolchain/find.ts';
import { type ControlLoops, startControlLoops } from './control-loops.ts';
import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from './control-plane.ts';
import { type ClusterNode, startNode } from './node.ts';

/** A Kubernetes cluster of one node whose pods are real. */
export interface Cluster extends Omit<ControlPlane, 'stop'> {
  /** The node's address in the sandbox, where the API server listens too. */
  readonly address: string;
  /** The program with the controllers of workloads: `kill` ends it as a crash would, `start` brings it back. */
  readonly controllerManager: ControlLoops['controllerManager'];
  readonly stop: () => Promise<void>;
}

export type ClusterOptions = Pick<ControlPlaneOptions, 'args'>;

/**
 * Starts etcd, kube-apiserver, kube-controller-manager, kube-scheduler and a kubelet with containerd, in a sandbox only, and waits
 * until pods can run. Processes of the sandbox reach pods by their own addresses; there is no kube-proxy and no DNS, so a Service
 * is a name for its endpoints and nothing more. Images come from wherever the sandbox's names lead; what is called like Amazon ECR
 * gets the password that its emulation demands. A sandbox holds {@link mostClusters} clusters, side by side; one more waits for an end.
 */
export async function startCluster({ args = [] }: ClusterOptions = {}): Promise<Cluster> {
  const { number, turn } = await takePlace();
  const address = `10.123.0.${number}`;
  await ensureAddress(address);
  const controlPlane = await startControlPlane({ address, serviceAccounts: true, args });
  const parts: { stop: () => Promise<void> }[] = [controlPlane];
  const stop = async (): Promise<void> => {
    for (const part of parts.toReversed()) await part.stop();
    await turn.release();
  };
  try {
    const loops = await startControlLoops({ controlPlane });
    parts.push(loops);
    const node = await startNode({
      controlPlane,
      address,
      podNetwork: `10.124.${number}`,
      bridge: `egt-pods-${number}`,
      login: ecrLogin,
    });
    parts.push(node);
    const { controllerManager } = loops;
    return { ...controlPlane, address, controllerManager, log: () => logOf(controlPlane, loops, node), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** How many clusters one sandbox holds. */
export const mostClusters = 8;

/** Clusters of one sandbox share its network, so each has a number of its own, from 1 on. */
async function takePlace(): Promise<{ number: number; turn: Lock }> {
  const { folder } = await currentSandbox();
  for (let number = 1; ; number = (number % mostClusters) + 1) {
    const file = join(folder, `cluster-${number}.lock`);
    const turn = await takeLock({ file, ifHeld: number === mostClusters ? 'wait' : 'give-up' });
    if (turn !== undefined) return { number, turn };
  }
}

/** A kubelet wants an address that an interface of its machine has, and none of 127.0.0.0/8. */
async function ensureAddress(address: string): Promise<void> {
  const known = Object.values(networkInterfaces()).flatMap(addresses => addresses ?? []);
  if (known.some(one => one.address === address)) return;
  await execa(await requireTool('busybox-amd64'), ['ip', 'address', 'add', `${address}/32`, 'dev', 'lo']);
}

function logOf(...parts: readonly Pick<ClusterNode, 'log'>[]): string {
  return parts.map(part => part.log()).join('');
}
