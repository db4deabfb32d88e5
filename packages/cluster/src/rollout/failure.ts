import { ActionError } from '@eks-gitops/errors';
import type { Evidence } from './evidence.ts';
import { type Fault, type FaultKind, type FaultyPod, faultKinds } from './fault.ts';
import { type ImageDemand, statusesOf } from './image.ts';
import { isReady } from './pod-faults.ts';
import { type RolloutView, revisionPods } from './revision.ts';
import { formatWorkload, type WorkloadName } from './workload.ts';

interface Advice {
  readonly likely?: string;
  readonly remedy: string;
}

const advice: Readonly<Record<FaultKind, Advice>> = {
  missing: {
    likely: 'another namespace or kind is meant, or Flux has not applied it yet',
    remedy: 'check namespace, kind and name',
  },
  'image-unused': { remedy: 'name the container with the input container, or check the image' },
  'image-name': { likely: 'a marker or template wrote more than a reference', remedy: "mend the template's image" },
  'image-platform': { remedy: "build the image for the node's platform too, or keep the pods from such nodes" },
  'image-pull': {
    likely: "the tag is not there, or the node's role or the pod's imagePullSecrets may not read the repository",
    remedy: 'see the words of the registry above',
  },
  'other-image': {
    likely: 'the tag was moved after the pods were made, or the node had an older image of it',
    remedy: 'use a tag that is never moved, or restart the rollout',
  },
  configuration: { likely: 'a ConfigMap, Secret or key is not there', remedy: 'create what is missing' },
  crash: { remedy: "see the container's last words above" },
  'pod-creation': { remedy: 'see the words of the cluster: a policy, a webhook or a service account' },
  'progress-deadline': {
    likely: 'the new pods do not become ready: see the events above',
    remedy: 'mend what holds the pods up',
  },
  paused: { remedy: 'resume it (kubectl rollout resume), or remove the partition' },
  replaced: { likely: 'another release, or a rollback', remedy: 'wait for the release that is meant' },
};

export interface FailureFacts {
  readonly workload: WorkloadName;
  readonly demand: ImageDemand | undefined;
  readonly troubles: readonly string[];
  readonly evidence: Evidence | undefined;
}

/** The error for a rollout that cannot become complete, with the evidence. */
export function rolloutFailure(fault: Fault, facts: FailureFacts): ActionError {
  const { kind, says, found, pod } = fault;
  const { platform } = facts.evidence ?? {};
  const expected =
    kind === 'image-platform' && platform !== undefined
      ? `an image for ${platform}, as node ${pod?.node} is`
      : expectation(facts);
  const detail = detailOf(facts);
  const { likely, remedy } = adviceOn(fault, detail);
  const message = `${formatWorkload(facts.workload)}: ${says}`;
  return new ActionError({ code: faultKinds[kind].code, message, expected, found, likely, remedy, detail });
}

/** Why a container may have ended, by the words of kernel, kubelet and runtime. */
const endings: readonly (readonly [words: RegExp, advice: Advice])[] = [
  [
    /exec format error/i,
    { likely: "the image is for another architecture than the node's", remedy: 'publish an index that holds the architecture' },
  ],
  [/OOMKilled/, { likely: 'it needs more memory than its limit allows', remedy: 'raise resources.limits.memory' }],
  [
    /(?:Liveness|Startup) probe failed/,
    { likely: 'its liveness or startup probe fails, so the kubelet ends it', remedy: 'see the words of the probe above' },
  ],
];

function adviceOn({ kind, found = '' }: Fault, detail = ''): Advice {
  const words = `${found}\n${detail}`;
  const ending = kind === 'crash' ? endings.find(([known]) => known.test(words)) : undefined;
  return ending === undefined ? advice[kind] : ending[1];
}

/** The error for a rollout that took too long. */
export function rolloutTimeout(
  limit: string,
  { lacks, ...facts }: FailureFacts & { readonly lacks: readonly string[] },
): ActionError {
  return new ActionError({
    code: 'TIMED_OUT',
    message: `The rollout of ${formatWorkload(facts.workload)} was not complete within ${limit}.`,
    expected: expectation(facts),
    found: lacks.length === 0 ? 'no answer of the cluster' : `still waiting for ${lacks.join(', ')}`,
    remedy: 'see what held it up above; if it only takes longer, set a longer timeout',
    detail: detailOf(facts),
  });
}

function expectation({ demand }: FailureFacts): string {
  if (demand === undefined) return 'a complete rollout';
  const { name, tag, digest } = demand;
  return `new pods that run ${name}${tag === undefined ? '' : `:${tag}`}@${digest}`;
}

function detailOf({ troubles, evidence }: FailureFacts): string | undefined {
  const parts = [troubles.join('\n'), evidence?.words ?? ''].filter(part => part !== '');
  return parts.length === 0 ? undefined : parts.join('\n\n');
}

/** The pod to look at when no fault names one: the first new one that is not ready. */
export function suspectPod(view: RolloutView): FaultyPod | undefined {
  if (view.workload === undefined) return undefined;
  const pod = revisionPods(view.workload, view).newest.find(one => !isReady(one));
  if (pod === undefined) return undefined;
  const statuses = statusesOf(pod);
  const status = statuses.find(({ state }) => state.running === undefined && state.terminated?.exitCode !== 0) ?? statuses.at(-1);
  return {
    name: pod.metadata.name,
    uid: pod.metadata.uid,
    node: pod.spec.nodeName,
    container: status?.name ?? pod.spec.containers[0]?.name ?? '',
    ended: status !== undefined && status.restartCount > 0 && status.state.running === undefined,
  };
}
