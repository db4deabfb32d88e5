import { join } from 'node:path';
import { createFolder, removeFolder } from '../folder.ts';
import { startProcess } from '../process.ts';
import { toolFolder } from '../toolchain/cache.ts';
import { requireTool } from '../toolchain/find.ts';
import type { ControlPlane } from './control-plane.ts';

/** A node that is none: kwok says of its pods that they run. */
export interface Kwok {
  /** What pods name to be on it (`spec.nodeName`). */
  readonly node: string;
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'kwok-1' } };
/** What becomes of a node and its pods: in kwok's own words, the shortest way to running. */
const stages = ['node/fast/node-initialize.yaml', 'pod/fast/pod-ready.yaml', 'pod/fast/pod-delete.yaml'];

/** Starts kwok with one node on a control plane, and waits until the node is ready. Pods on it cost the machine nothing. */
export async function startKwok({ controlPlane }: { controlPlane: ControlPlane }): Promise<Kwok> {
  const { api, kubeconfig } = controlPlane;
  const command = await requireTool('kwok');
  await api.apply(JSON.stringify(node));
  const folder = await createFolder('kwok');
  const server = await startProcess({
    name: 'kwok',
    command,
    args: [
      ...[`--kubeconfig=${kubeconfig}`, '--manage-all-nodes', '--server-address='],
      ...stages.map(stage => `--config=${join(toolFolder('kwok'), 'stage', stage)}`),
    ],
    folder,
    ready: async () => (JSON.stringify(await api.get(node)).includes('KubeletReady') ? node.metadata.name : undefined),
  });
  const stop = async (): Promise<void> => {
    await server.stop();
    await removeFolder(folder);
  };
  return { node: server.sign, log: server.log, stop };
}
