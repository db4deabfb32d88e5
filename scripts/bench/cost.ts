import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ControlPlane,
  createAuthority,
  type Kwok,
  type RecordedRequest,
  type RecordingProxy,
  requireTool,
  startKwok,
  startProxy,
} from '@eks-gitops/testbed';
import { z } from 'zod';
import { runPeer, runStep } from './action-step.ts';
import { addCrowd, type Crowd } from './crowd.ts';
import { playDeployment } from './deployment.ts';
import type { Contestant, Entry, Preparing } from './entry.ts';
import { configMap, type FluxWorld, fluxWorldTools, startFluxWorld } from './flux-world.ts';

const crowd = { pods: 5_000, kustomizations: 1_000 };
const crowded = `among ${crowd.pods.toLocaleString('en')} pods and ${crowd.kustomizations.toLocaleString('en')} Kustomizations`;
const alone = 'alone';

/** Requests, and bytes of their answers, as a proxy between the step and the API server counts them. */
export const requestsEntry = costEntry({
  name: 'cost-requests',
  title: 'Requests that a step sends to the API server',
  unit: 'requests',
  amountOf: requests => requests.length,
});
export const bytesEntry = costEntry({
  name: 'cost-bytes',
  title: 'Bytes that the API server sends to a step',
  unit: 'bytes',
  amountOf: requests => requests.reduce((sum, { bytes }) => sum + bytes, 0),
});

type Cost = Pick<Entry, 'name' | 'title' | 'unit'> & { readonly amountOf: (requests: readonly RecordedRequest[]) => number };

function costEntry({ amountOf, ...entry }: Cost): Entry {
  return {
    ...entry,
    rounds: 5,
    tools: [...fluxWorldTools, 'kwok', 'kubectl', 'flux'],
    // Watches tell what the controllers write, and they do not write the same number of times in every round.
    targets: ['wait-deployment', 'flux-reconcile'].map(step => ({
      of: `${step}, ${crowded}`,
      atMost: 1.1,
      against: `${step}, ${alone}`,
    })),
    prepare: async preparing => {
      const [few, many] = [await startCostWorld(preparing), await startCostWorld(preparing)];
      const kwok = await fill(many.plane);
      return {
        contestants: [
          ...contestantsOf(few, { preparing, amountOf, where: alone }),
          ...contestantsOf(many, { preparing, amountOf, where: crowded }),
        ],
        close: async () => {
          await kwok.stop();
          await Promise.all([few.stop(), many.stop()]);
        },
      };
    },
  };
}

async function fill(plane: ControlPlane): Promise<Kwok> {
  const kwok = await startKwok({ controlPlane: plane });
  await addCrowd(plane.api, { ...crowd, node: kwok.node } satisfies Crowd);
  const last = { apiVersion: 'v1', kind: 'Pod', metadata: { name: `other-${crowd.pods - 1}`, namespace: 'default' } };
  await plane.api.waitFor(last, { until: pod => JSON.stringify(pod).includes('"phase":"Running"'), within: 300 });
  return kwok;
}

export interface CostWorld extends FluxWorld {
  readonly proxy: RecordingProxy;
  /** Leads through the proxy. */
  readonly kubeconfig: string;
}

const kubeconfigForm = z.looseObject({ clusters: z.tuple([z.looseObject({ cluster: z.looseObject({ server: z.string() }) })]) });

/** Flux, with a Deployment whose rollout is complete, behind a proxy that counts. */
export async function startCostWorld({ folder }: Pick<Preparing, 'folder'>): Promise<CostWorld> {
  const world = await startFluxWorld();
  const { plane } = world;
  const played = await playDeployment(plane.api);
  await played.ripen();
  await played.end();
  const authority = await createAuthority();
  const tls = await authority.issue(['localhost']);
  const proxy = await startProxy({ target: plane.url, authority: await readFile(plane.certificateFile, 'utf8'), tls });
  const config = kubeconfigForm.parse(JSON.parse(await readFile(plane.kubeconfig, 'utf8')));
  const cluster = { server: proxy.url, 'certificate-authority-data': Buffer.from(authority.certificate).toString('base64') };
  const kubeconfig = join(folder, `${new URL(proxy.url).port}.kubeconfig`);
  await writeFile(kubeconfig, JSON.stringify({ ...config, clusters: [{ ...config.clusters[0], cluster }] }), { mode: 0o600 });
  const stop = async (): Promise<void> => {
    await proxy.stop();
    await world.stop();
  };
  return { ...world, proxy, kubeconfig, stop };
}

export interface Counting {
  readonly preparing: Preparing;
  readonly amountOf: Cost['amountOf'];
  readonly where: string;
}

/** Each in one cluster; ours come first. */
export function contestantsOf(world: CostWorld, { preparing, amountOf, where }: Counting): readonly Contestant[] {
  const { proxy, kubeconfig, repository } = world;
  const { folder, signal, mainOf } = preparing;
  const count = async (run: () => Promise<void>): Promise<number> => {
    await repository.commit({ 'apps/ui.yaml': configMap(String(process.hrtime.bigint())) });
    proxy.clear();
    await run();
    return amountOf(proxy.requests());
  };
  const own = async (action: 'wait-deployment' | 'flux-reconcile', inputs: Readonly<Record<string, string>>) =>
    runStep({ main: await mainOf(action), inputs, kubeconfig, folder, signal });
  const peer = async (tool: 'kubectl' | 'flux', ...args: readonly string[]) =>
    runPeer({ file: await requireTool(tool), args, kubeconfig, signal });
  const measures: readonly (readonly [string, () => Promise<void>])[] = [
    ['wait-deployment', () => own('wait-deployment', { workload: 'ui' })],
    ['flux-reconcile', () => own('flux-reconcile', { kustomization: 'apps', 'with-source': 'true' })],
    ['kubectl rollout status', () => peer('kubectl', 'rollout', 'status', 'deployment/ui')],
    ['flux reconcile --with-source', () => peer('flux', 'reconcile', 'kustomization', 'apps', '--with-source')],
  ];
  return measures.map(([name, run]) => ({ name: `${name}, ${where}`, measure: () => count(run) }));
}
