import { withFolder } from '@eks-gitops/testbed';
import { testNeeding } from '@eks-gitops/testbed/needs';
import { expect } from '@jest/globals';
import { sourceOf } from './action-step.ts';
import { contestantsOf, startCostWorld } from './cost.ts';
import { addCrowd } from './crowd.ts';
import type { Entry, Preparing } from './entry.ts';
import { fluxWorldTools } from './flux-world.ts';
import { imageScanEntry } from './image-scan.ts';
import { readyReactionEntry, rolloutReactionEntry } from './reaction.ts';
import { withSourceEntry } from './with-source.ts';

const test = await testNeeding(...fluxWorldTools, 'image-reflector-controller', 'docker-registry');
const signal = new AbortController().signal;

test('our side of every entry with a cluster does what is measured, without the tools that it is measured against', async () => {
  const amounts = await withFolder('bench', async folder => {
    const preparing: Preparing = { folder, signal, mainOf: sourceOf };
    const entries = [withSourceEntry, imageScanEntry, rolloutReactionEntry, readyReactionEntry];
    return Promise.all(entries.map(entry => measureOurs(entry, preparing)));
  });
  expect(amounts.every(amount => amount > 0)).toBe(true);
}, 240_000);

test('what our steps cost does not depend on what they do not wait for', async () => {
  await withFolder('bench', async folder => {
    const preparing: Preparing = { folder, signal, mainOf: sourceOf };
    const world = await startCostWorld(preparing);
    try {
      const paths = async (): Promise<string[]> => {
        const [rollout] = contestantsOf(world, { preparing, where: 'here', amountOf: requests => requests.length });
        await rollout?.measure();
        // Whether a watch is opened before all that it would tell is known is a matter of chance.
        const lists = world.proxy.requests().filter(({ path }) => !path.includes('watch=true'));
        return lists.map(({ method, path }) => `${method} ${path}`).sort();
      };
      const before = await paths();
      await addCrowd(world.plane.api, { pods: 20, kustomizations: 5, node: 'none' });
      expect(await paths()).toEqual(before);
      expect(before).not.toEqual([]);
    } finally {
      await world.stop();
    }
  });
}, 240_000);

async function measureOurs({ prepare }: Entry, preparing: Preparing): Promise<number> {
  const { contestants, close } = await prepare(preparing);
  try {
    const ours = contestants.find(({ name }) => name.startsWith('ours'));
    return (await ours?.measure()) ?? 0;
  } finally {
    await close?.();
  }
}
