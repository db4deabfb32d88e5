import type { Fault, FaultKind, FaultyPod } from './fault.ts';
import { statusesOf } from './image.ts';
import type { ContainerStatus, Pod } from './objects.ts';

/** How often a container may be restarted before that is a crash loop. */
const restartLimit = 3;

const reasons: Readonly<Record<string, FaultKind>> = {
  InvalidImageName: 'image-name',
  ErrImagePull: 'image-pull',
  ImagePullBackOff: 'image-pull',
  ImageInspectError: 'image-pull',
  RegistryUnavailable: 'image-pull',
  SignatureValidationFailed: 'image-pull',
  ErrImageNeverPull: 'configuration',
  CreateContainerConfigError: 'configuration',
  CreateContainerError: 'configuration',
};

/** How containerd, docker and CRI-O say that an index holds nothing for their platform. */
const platformWords =
  /no match for platform|no matching manifest for|no image found in (?:manifest list|image index)|does not match the specified platform/i;

const sentences: Partial<Readonly<Record<FaultKind, string>>> = {
  'image-name': 'The name of the image is not valid',
  'image-platform': "The image has nothing for the node's platform",
  'image-pull': 'The image cannot be pulled',
  configuration: 'The container cannot be made',
};

/** What is wrong with the containers of a pod; `fresh` are those that were started a moment ago. */
export function podFaults(pod: Pod, fresh: ReadonlySet<ContainerStatus>): readonly Fault[] {
  return statusesOf(pod).flatMap(status => waitingFault(pod, status) ?? crash(pod, status, fresh.has(status)) ?? []);
}

function waitingFault(pod: Pod, status: ContainerStatus): Fault | undefined {
  const { waiting } = status.state;
  const reason = waiting === undefined || !Object.hasOwn(reasons, waiting.reason) ? undefined : reasons[waiting.reason];
  if (waiting === undefined || reason === undefined) return undefined;
  const kind = reason === 'image-pull' && platformWords.test(waiting.message) ? 'image-platform' : reason;
  const says = `${sentences[kind]}: pod ${pod.metadata.name}, container ${status.name}.`;
  const image = [...pod.spec.initContainers, ...pod.spec.containers].find(({ name }) => name === status.name)?.image ?? '';
  const found = [`${waiting.reason} ${image}`.trim(), waiting.message].filter(words => words !== '').join(': ');
  return { kind, says, found, pod: faultyPod(pod, status) };
}

/** A container that has been restarted often and is down again, or was so a moment ago: a kubelet that waits shortly does not always tell. */
function crash(pod: Pod, status: ContainerStatus, isFresh: boolean): Fault | undefined {
  const down = status.state.waiting?.reason === 'CrashLoopBackOff' || status.state.terminated !== undefined;
  const ended = status.restartCount + (down ? 1 : 0);
  if ((!down && !isFresh) || ended <= restartLimit) return undefined;
  const says = `The container keeps ending: pod ${pod.metadata.name}, container ${status.name}, restarted ${status.restartCount} times.`;
  return { kind: 'crash', says, found: lastEnd(status), pod: faultyPod(pod, status) };
}

/** How a container ended last, in the kubelet's words. */
function lastEnd({ state, lastState }: ContainerStatus): string | undefined {
  const end = state.terminated ?? lastState.terminated;
  if (end === undefined) return state.waiting?.message;
  return [`exit code ${end.exitCode}`, end.reason, end.message].filter(words => words !== '').join(', ');
}

function faultyPod({ metadata, spec }: Pod, { name: container, state, restartCount }: ContainerStatus): FaultyPod {
  const ended = state.running === undefined && state.terminated === undefined && restartCount > 0;
  return { name: metadata.name, uid: metadata.uid, node: spec.nodeName, container, ended };
}

/** What holds a pod up and may pass in its own time: no node for it yet, a container that has just ended. */
export function podTroubles(pod: Pod): readonly string[] {
  const { name } = pod.metadata;
  const unscheduled = pod.status.conditions.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  const restarts = statusesOf(pod).filter(
    ({ restartCount, state }) => restartCount > 0 && restartCount < restartLimit && state.running === undefined,
  );
  return [
    ...(unscheduled === undefined ? [] : [`${name} cannot be scheduled: ${unscheduled.message || unscheduled.reason}`]),
    ...restarts.map(
      status => `${name}: container ${status.name} has ended (${lastEnd(status)}) and is started again (${status.restartCount})`,
    ),
  ];
}

export function isReady({ status: { conditions } }: Pod): boolean {
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}
