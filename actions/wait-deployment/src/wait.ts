import { type ActionContext, clusterTarget, formatRecord } from '@eks-gitops/action';
import { type Cluster, openCluster } from '@eks-gitops/cluster';
import { awaitRollout, formatWorkload, type ImageDemand, type Rollout, type WorkloadName } from '@eks-gitops/cluster/rollout';
import { type Digest, releaseTagForm } from '@eks-gitops/images';
import { formatImage, type NamedImage, resolveImage } from './image.ts';
import { openImageDigests } from './image-digests.ts';
import type { WaitInputs } from './inputs.ts';
import { type LazyRegistry, lazyRegistry } from './lazy-registry.ts';
import { tolerancesOf } from './toleration.ts';
import { resolveWorkloads, verifyGiven } from './workloads.ts';

interface Outputs {
  readonly workloads: string;
  readonly pods: string;
  readonly digest: string;
  readonly 'running-digests': string;
  readonly superseded: string;
  readonly seconds: string;
  readonly record: string;
}

/** An image with its digest, and how others are compared with it. */
interface Wanted {
  readonly image: NamedImage & { readonly digest: Digest };
  readonly isOurs: (digest: string) => Promise<boolean>;
}

/** Waits for all workloads at once; the first that fails ends the wait for the others. */
export async function wait(inputs: WaitInputs, context: ActionContext): Promise<Outputs> {
  verifyGiven(inputs);
  const named = resolveImage(inputs);
  const { env, signal, mask, log } = context;
  const registry = lazyRegistry(inputs, context);
  const cluster = await openCluster({
    target: clusterTarget(inputs, context),
    env,
    signal,
    mask,
    onNotice: notice => log.notice(notice),
  });
  try {
    const wanted = named === undefined ? undefined : await resolveWanted(named, registry.open);
    log.info(
      wanted === undefined ? 'No image is given: whatever is rolled out counts.' : `Waiting for ${formatImage(wanted.image)}.`,
    );
    const workloads = await resolveWorkloads(cluster, inputs);
    const rollouts = await awaitAll(workloads, { cluster, inputs, wanted, context });
    for (const rollout of rollouts) log.info(sentenceOf(rollout));
    return outputsOf(inputs, { rollouts, wanted });
  } finally {
    await Promise.all([cluster.close(), registry.close()]);
  }
}

async function resolveWanted(named: NamedImage, open: LazyRegistry['open']): Promise<Wanted> {
  const digests = openImageDigests(open, named.name);
  const { digest = await digests.resolve(named.tag ?? 'latest') } = named;
  return { image: { ...named, digest }, isOurs: other => digests.isSame(digest, other) };
}

interface Waiting {
  readonly cluster: Cluster;
  readonly inputs: WaitInputs;
  readonly wanted: Wanted | undefined;
  readonly context: ActionContext;
}

async function awaitAll(workloads: readonly WorkloadName[], waiting: Waiting): Promise<readonly Rollout[]> {
  const { cluster, inputs, wanted, context } = waiting;
  const others = new AbortController();
  const signal = AbortSignal.any([context.signal, others.signal]);
  const demand = wanted === undefined ? undefined : demandOf(wanted.image, inputs.container);
  const each = workloads.map(workload =>
    awaitRollout({
      cluster,
      workload,
      demand,
      isOurs: wanted?.isOurs ?? (async () => true),
      tolerances: tolerancesOf(inputs.tolerate),
      timeout: inputs.timeout,
      now: context.now,
      signal,
      onProgress: sentence => context.log.info(sentence),
    }),
  );
  try {
    return await Promise.all(each);
  } finally {
    others.abort();
    await Promise.allSettled(each);
  }
}

function demandOf({ name, tag, digest }: Wanted['image'], container: string | undefined): ImageDemand {
  const isNewer = (other: string): boolean =>
    tag !== undefined && [tag, other].every(one => releaseTagForm.test(one)) && other > tag;
  return { name, tag, digest, container, isNewer };
}

function sentenceOf({ workload, pods, images, superseded, seconds }: Rollout): string {
  const name = formatWorkload(workload);
  const time = `after ${seconds.toFixed(1)} s`;
  if (superseded) return `${name} runs a later release, ${images.join(', ')}, ${time}.`;
  if (pods.length === 0) return `${name} names ${images.join(', ')}, and wants no pods.`;
  return `${name} runs ${images.join(', ')} in ${pods.length === 1 ? '1 pod' : `${pods.length} pods`} ${time}.`;
}

interface Waited {
  readonly rollouts: readonly Rollout[];
  readonly wanted: Wanted | undefined;
}

function outputsOf(inputs: WaitInputs, { rollouts, wanted }: Waited): Outputs {
  const lines = (items: readonly string[]): string => [...new Set(items)].join('\n');
  return {
    workloads: lines(rollouts.map(({ workload }) => formatWorkload(workload))),
    pods: lines(rollouts.flatMap(({ pods }) => pods)),
    digest: wanted?.image.digest ?? '',
    'running-digests': lines(rollouts.flatMap(({ digests }) => digests)),
    superseded: String(rollouts.some(({ superseded }) => superseded)),
    seconds: Math.max(...rollouts.map(({ seconds }) => seconds)).toFixed(1),
    record: recordOf(inputs, { rollouts, wanted }),
  };
}

function recordOf({ record }: WaitInputs, { rollouts, wanted }: Waited): string {
  if (record === undefined || wanted === undefined) return '';
  const rollout = rollouts.map(({ workload, revision, pods, superseded }) => ({
    workload: formatWorkload(workload),
    revision,
    pods: pods.length,
    ...(superseded ? { superseded: true as const } : {}),
  }));
  return formatRecord({ ...record, rollout: { digest: wanted.image.digest, workloads: rollout } });
}
