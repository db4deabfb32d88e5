import { requireTool } from '@eks-gitops/testbed';
import { z } from 'zod';
import { runPeer, runStep } from './action-step.ts';
import type { Entry } from './entry.ts';
import { addImageRepository, type FluxWorld, fluxWorldTools, imageRepository, startFluxWorld } from './flux-world.ts';

const peer = 'flux reconcile image repository ui';
const ours = 'ours, flux-reconcile';
const handled = z.object({ status: z.object({ lastHandledReconcileAt: z.string().default('') }) });

/** The first half of the lab's step 9. */
export const imageScanEntry: Entry = {
  name: 'image-scan',
  title: 'A step that has an image repository scanned',
  unit: 'ms',
  rounds: 9,
  tools: [...fluxWorldTools, 'image-reflector-controller', 'docker-registry', 'flux'],
  targets: [{ of: ours, atMost: 0.5, against: peer }],
  prepare: async ({ folder, signal, mainOf }) => {
    const main = await mainOf('flux-reconcile');
    const world = await startFluxWorld(['image-reflector-controller']);
    const stopRegistry = await addImageRepository(world);
    const { kubeconfig } = world.plane;
    const inputs = { 'image-repository': 'ui' };
    const args = peer.split(' ').slice(1);
    const theirs = async () => runPeer({ file: await requireTool('flux'), args, kubeconfig, signal });
    return {
      contestants: [
        { name: peer, measure: () => timeToScanned(world, theirs) },
        { name: ours, measure: () => timeToScanned(world, () => runStep({ main, inputs, kubeconfig, folder, signal })) },
      ],
      close: async () => {
        await world.stop();
        await stopRegistry();
      },
    };
  },
};

async function timeToScanned({ plane }: FluxWorld, step: () => Promise<void>): Promise<number> {
  const request = async () => handled.parse(await plane.api.get(imageRepository)).status.lastHandledReconcileAt;
  const before = await request();
  const began = performance.now();
  await step();
  const taken = performance.now() - began;
  if ((await request()) === before) throw new Error('Nothing was scanned when the step ended.');
  return taken;
}
