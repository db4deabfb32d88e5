import type { ContainerStatus, Pod, Workload } from './objects.ts';

/** Milliseconds that a container has to stay up: after it has ended once; and where nothing says that it works, though nobody knows that of it. */
const times = { restarted: 10_000, unproven: 2_000 } as const;

/** A container that has started a while ago or just now: without a readiness probe it counts as ready though it may end the next moment. */
export interface Settling {
  readonly status: ContainerStatus;
  /** Names this start of this container. */
  readonly key: string;
  readonly lack: string;
  /** Milliseconds that it has to stay up, and since when it does, by its node's clock (to the second), in milliseconds since 1970. */
  readonly time: number;
  readonly startedAt: number;
}

/** What of a pod has to stay up for a while before it counts. */
export function settlingContainers({ spec }: Workload, pod: Pod): readonly Settling[] {
  const isProven = spec.minReadySeconds > 0 || pod.spec.readinessGates.length > 0;
  return pod.status.containerStatuses.flatMap(status => {
    const why = status.restartCount > 0 ? 'restarted' : isProven || hasProbe(pod, status) ? undefined : 'unproven';
    const startedAt = Date.parse(status.state.running?.startedAt ?? '');
    if (why === undefined || Number.isNaN(startedAt)) return [];
    const key = `settling ${pod.metadata.uid} ${status.name} ${startedAt}`;
    return [{ status, key, lack: `${pod.metadata.name} to stay up (${reason(status)})`, time: times[why], startedAt }];
  });
}

function reason({ name, restartCount }: ContainerStatus): string {
  if (restartCount === 0) return `container ${name} has no readiness probe`;
  return `container ${name} was restarted ${restartCount === 1 ? 'once' : `${restartCount} times`}`;
}

function hasProbe({ spec }: Pod, { name }: ContainerStatus): boolean {
  const container = spec.containers.find(one => one.name === name);
  return container?.readinessProbe !== undefined || container?.startupProbe !== undefined;
}
