import { setTimeout as sleep } from 'node:timers/promises';
import { requireTool, startControlPlane } from '@eks-gitops/testbed';
import { z } from 'zod';
import { runPeer, runStep } from './action-step.ts';
import { playDeployment } from './deployment.ts';
import type { Entry } from './entry.ts';
import { fluxWorldTools, kustomization, namespace, startFluxWorld } from './flux-world.ts';

/** Milliseconds in which every contestant has begun to wait. */
const settling = 2_000;
const most = 100;

const kubectlRollout = 'kubectl rollout status deployment/ui';
const waitDeployment = 'ours, wait-deployment';

export const rolloutReactionEntry: Entry = {
  name: 'rollout-reaction',
  title: 'From the write that completes a Deployment to the end of who waits for it',
  unit: 'ms',
  rounds: 9,
  tools: ['etcd', 'kube-apiserver', 'kubectl'],
  targets: [{ of: waitDeployment, atMost: most }],
  prepare: async ({ folder, signal, mainOf }) => {
    const main = await mainOf('wait-deployment');
    const plane = await startControlPlane();
    const { kubeconfig } = plane;
    const played = await playDeployment(plane.api);
    const measure = async (wait: () => Promise<void>): Promise<number> => {
      await played.begin();
      return timeReaction({ wait, prepare: played.ripen, change: played.end });
    };
    const args = kubectlRollout.split(' ').slice(1);
    const theirs = async () => runPeer({ file: await requireTool('kubectl'), args, kubeconfig, signal });
    const own = () => runStep({ main, inputs: { workload: 'ui' }, kubeconfig, folder, signal });
    return {
      contestants: [
        { name: kubectlRollout, measure: () => measure(theirs) },
        { name: waitDeployment, measure: () => measure(own) },
      ],
      close: plane.stop,
    };
  },
};

const kubectlWait = 'kubectl wait kustomization/apps --for=condition=Ready';
const fluxCli = 'flux reconcile kustomization apps';
const fluxReconcile = 'ours, flux-reconcile';
const annotated = z.object({
  metadata: z.object({ generation: z.number(), annotations: z.record(z.string(), z.string()).default({}) }),
});

export const readyReactionEntry: Entry = {
  name: 'ready-reaction',
  title: 'From the write that makes a Kustomization ready to the end of who waits for it',
  unit: 'ms',
  rounds: 9,
  tools: [...fluxWorldTools, 'kubectl', 'flux'],
  targets: [{ of: fluxReconcile, atMost: most }],
  prepare: async ({ folder, signal, mainOf }) => {
    const main = await mainOf('flux-reconcile');
    const { plane, flux, stop } = await startFluxWorld();
    const { kubeconfig, api } = plane;
    // From here on the bench writes what this controller would, so that it is known to the millisecond when.
    await flux.kill('kustomize-controller');
    const statusOf = async (ready: 'True' | 'Unknown'): Promise<object> => {
      const { generation, annotations } = annotated.parse(await api.get(kustomization)).metadata;
      const condition = { type: 'Ready', status: ready, reason: 'Bench', message: '', observedGeneration: generation };
      const conditions = [{ ...condition, lastTransitionTime: new Date().toISOString() }];
      const lastHandledReconcileAt = annotations['reconcile.fluxcd.io/requestedAt'] ?? '';
      return { observedGeneration: generation, conditions, ...(ready === 'True' ? { lastHandledReconcileAt } : {}) };
    };
    const measure = async (wait: () => Promise<void>): Promise<number> => {
      await api.patchStatus(kustomization, await statusOf('Unknown'));
      let ready = {};
      const prepare = async (): Promise<void> => {
        ready = await statusOf('True');
      };
      return timeReaction({ wait, prepare, change: () => api.patchStatus(kustomization, ready) });
    };
    const peer = (tool: 'kubectl' | 'flux', args: readonly string[]) => async () =>
      runPeer({ file: await requireTool(tool), args, kubeconfig, signal });
    const words = kubectlWait.split(' ').slice(1);
    const own = () => runStep({ main, inputs: { kustomization: 'apps' }, kubeconfig, folder, signal });
    return {
      contestants: [
        { name: kubectlWait, measure: () => measure(peer('kubectl', [...words, `--namespace=${namespace}`, '--timeout=60s'])) },
        { name: fluxCli, measure: () => measure(peer('flux', fluxCli.split(' ').slice(1))) },
        { name: fluxReconcile, measure: () => measure(own) },
      ],
      close: stop,
    };
  },
};

interface Reaction {
  readonly wait: () => Promise<void>;
  /** What leads up to the change. */
  readonly prepare: () => Promise<void>;
  readonly change: () => Promise<void>;
}

/** Milliseconds from before the change is sent to the waiter's end; rejects when it ended before, so had not waited. */
async function timeReaction({ wait, prepare, change }: Reaction): Promise<number> {
  let changing = false;
  const waited = wait().then(() => {
    if (!changing) throw new Error('The wait was over before what it waits for.');
    return performance.now();
  });
  await Promise.race([waited, sleep(settling)]);
  await prepare();
  await Promise.race([waited, sleep(200)]);
  changing = true;
  const began = performance.now();
  const [ended] = await Promise.all([waited, change()]);
  return ended - began;
}
