import { z } from 'zod';

const owner = z.object({ uid: z.string(), controller: z.boolean().default(false) });
const metadata = z.object({
  name: z.string(),
  namespace: z.string(),
  uid: z.string(),
  generation: z.number().default(0),
  creationTimestamp: z.string(),
  deletionTimestamp: z.string().optional(),
  labels: z.record(z.string(), z.string()).default({}),
  ownerReferences: z.array(owner).default([]),
});

const container = z.looseObject({ name: z.string(), image: z.string().default('') });
const podSpec = z.looseObject({ containers: z.array(container), initContainers: z.array(container).optional() });
/** Kept whole, since revisions are told apart by it. */
const template = z.looseObject({
  metadata: z.looseObject({ labels: z.record(z.string(), z.string()).optional() }).optional(),
  spec: podSpec,
});
const condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().default(''),
  message: z.string().default(''),
});
const conditions = z.array(condition).default([]);
const count = z.number().default(0);
const requirement = z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).default([]) });
const selector = z.object({
  matchLabels: z.record(z.string(), z.string()).default({}),
  matchExpressions: z.array(requirement).default([]),
});

const deployment = z.object({
  kind: z.literal('Deployment'),
  metadata,
  spec: z.object({
    replicas: z.number().default(1),
    minReadySeconds: count,
    paused: z.boolean().default(false),
    selector,
    template,
  }),
  status: z
    .object({
      observedGeneration: count,
      replicas: count,
      updatedReplicas: count,
      availableReplicas: count,
      conditions,
    })
    .prefault({}),
});

const statefulSet = z.object({
  kind: z.literal('StatefulSet'),
  metadata,
  spec: z.object({
    replicas: z.number().default(1),
    minReadySeconds: count,
    selector,
    template,
    updateStrategy: z
      .object({ type: z.string().default('RollingUpdate'), rollingUpdate: z.object({ partition: count }).optional() })
      .prefault({}),
  }),
  status: z
    .object({
      observedGeneration: count,
      replicas: count,
      updatedReplicas: count,
      availableReplicas: count,
      updateRevision: z.string().default(''),
    })
    .prefault({}),
});

const daemonSet = z.object({
  kind: z.literal('DaemonSet'),
  metadata,
  spec: z.object({
    minReadySeconds: count,
    selector,
    template,
    updateStrategy: z.object({ type: z.string().default('RollingUpdate') }).prefault({}),
  }),
  status: z
    .object({
      observedGeneration: count,
      desiredNumberScheduled: count,
      updatedNumberScheduled: count,
      numberAvailable: count,
    })
    .prefault({}),
});

const workload = z.discriminatedUnion('kind', [deployment, statefulSet, daemonSet]);

const replicaSet = z.object({
  metadata,
  spec: z.object({ template }),
  status: z.object({ availableReplicas: count, conditions }).prefault({}),
});

const controllerRevision = z.object({ metadata, revision: z.number() });

const terminated = z.object({ exitCode: z.number(), reason: z.string().default(''), message: z.string().default('') });
const state = z
  .object({
    waiting: z.object({ reason: z.string().default(''), message: z.string().default('') }).optional(),
    running: z.object({ startedAt: z.string().optional() }).optional(),
    terminated: terminated.optional(),
  })
  .default({});
const containerStatus = z.object({
  name: z.string(),
  imageID: z.string().default(''),
  restartCount: count,
  state,
  lastState: state,
});

const pod = z.object({
  metadata,
  spec: z.object({
    nodeName: z.string().default(''),
    containers: z.array(container.extend({ readinessProbe: z.unknown().optional(), startupProbe: z.unknown().optional() })),
    readinessGates: z.array(z.unknown()).default([]),
    initContainers: z.array(container).default([]),
  }),
  status: z
    .object({
      phase: z.string().default('Pending'),
      conditions,
      containerStatuses: z.array(containerStatus).default([]),
      initContainerStatuses: z.array(containerStatus).default([]),
    })
    .prefault({}),
});

const event = z.object({
  metadata: z.object({ name: z.string(), uid: z.string(), creationTimestamp: z.string().nullish() }),
  type: z.string().default('Normal'),
  reason: z.string().default(''),
  message: z.string().default(''),
  count: z.number().nullish(),
  lastTimestamp: z.string().nullish(),
  eventTime: z.string().nullish(),
  involvedObject: z.object({ kind: z.string().default(''), uid: z.string().default('') }),
});

/** Objects of `apps/v1` and `v1`, as far as a rollout is told by them; what the server left out is filled in. */
export type Workload = z.infer<typeof workload>;
export type Deployment = z.infer<typeof deployment>;
export type ReplicaSet = z.infer<typeof replicaSet>;
export type ControllerRevision = z.infer<typeof controllerRevision>;
export type Pod = z.infer<typeof pod>;
export type ContainerStatus = z.infer<typeof containerStatus>;
export type ClusterEvent = z.infer<typeof event>;
export type Selector = z.infer<typeof selector>;
export type PodTemplate = z.infer<typeof template>;

export const schemas = { workload, replicaSet, controllerRevision, pod, event } as const;

/** When an event was seen last, in milliseconds since 1970; 0 where it does not say. */
export function lastSeen({ lastTimestamp, eventTime, metadata: { creationTimestamp } }: ClusterEvent): number {
  const time = lastTimestamp ?? eventTime ?? creationTimestamp;
  return time == null ? 0 : Date.parse(time);
}
