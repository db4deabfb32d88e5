import { requireTool } from '@eks-gitops/testbed';
import { runPeer, runStep } from './action-step.ts';
import type { Entry } from './entry.ts';
import { configMap, type FluxWorld, fluxWorldTools, kustomization, startFluxWorld } from './flux-world.ts';

const peer = 'flux reconcile kustomization apps --with-source';
const ours = 'ours, flux-reconcile';

/** The lab's step 7, by the CLI that polls and by the action that watches. */
export const withSourceEntry: Entry = {
  name: 'with-source',
  title: 'From a push to the end of the step that has it fetched and applied',
  unit: 'ms',
  rounds: 9,
  tools: [...fluxWorldTools, 'flux'],
  targets: [{ of: ours, atMost: 0.5, against: peer }],
  prepare: async ({ folder, signal, mainOf }) => {
    const main = await mainOf('flux-reconcile');
    const world = await startFluxWorld();
    const { kubeconfig } = world.plane;
    const inputs = { kustomization: 'apps', 'with-source': 'true' };
    const args = peer.split(' ').slice(1);
    const theirs = async () => runPeer({ file: await requireTool('flux'), args, kubeconfig, signal });
    return {
      contestants: [
        { name: peer, measure: () => timeToApplied(world, theirs) },
        { name: ours, measure: () => timeToApplied(world, () => runStep({ main, inputs, kubeconfig, folder, signal })) },
      ],
      close: world.stop,
    };
  },
};

async function timeToApplied({ plane, repository }: FluxWorld, step: () => Promise<void>): Promise<number> {
  const commit = await repository.commit({ 'apps/ui.yaml': configMap(String(process.hrtime.bigint())) });
  const began = performance.now();
  await step();
  const taken = performance.now() - began;
  if (!JSON.stringify(await plane.api.get(kustomization)).includes(`"lastAppliedRevision":"main@sha1:${commit}"`)) {
    throw new Error(`${commit} was not applied when the step ended.`);
  }
  return taken;
}
