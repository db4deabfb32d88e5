import { createFolder, removeFolder } from '../folder.ts';
import { startProcess } from '../process.ts';
import { requireTool } from '../toolchain/find.ts';
import type { ControlPlane } from './control-plane.ts';
import { applyDefinitions } from './definitions.ts';

const tool = 'image-automation-controller';

export interface ImageAutomation {
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

/**
 * Starts Flux's image-automation-controller on a control plane, for all its namespaces, and has the kinds served that it works with:
 * GitRepository, ImageRepository, ImagePolicy, ImageUpdateAutomation. No reflector runs: an ImagePolicy's status is the caller's to set.
 */
export async function startImageAutomation({ controlPlane }: { controlPlane: ControlPlane }): Promise<ImageAutomation> {
  await applyDefinitions(controlPlane.api, tool);
  const folder = await createFolder('image-automation');
  const server = await startProcess({
    name: tool,
    command: await requireTool(tool),
    args: ['--watch-all-namespaces', '--events-addr=', '--metrics-addr=0', '--health-addr=0', '--log-level=debug'],
    env: { KUBECONFIG: controlPlane.kubeconfig, RUNTIME_NAMESPACE: 'flux-system', TMPDIR: folder },
    folder,
    ready: log => /"msg":"Starting workers"/.exec(log)?.[0],
  });
  const stop = async (): Promise<void> => {
    await server.stop();
    await removeFolder(folder);
  };
  return { log: server.log, stop };
}
