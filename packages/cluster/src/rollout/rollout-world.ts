import { type Pod, type ReplicaSet, schemas, type Workload } from './objects.ts';
import type { RolloutView } from './revision.ts';

/** Objects as an API server sends them, for tests: a Deployment `shop/ui` in the middle or at the end of a rollout. */

export const repository = '123456789012.dkr.ecr.us-west-2.amazonaws.com/shop/ui';
export const digestOf = (digit: string): string => `sha256:${digit.repeat(64)}`;
export const ourTag = 'i20261123171720-ac8730e8';

const created = '2026-11-23T17:20:00Z';
/** Before the time at which tests judge. */
const longAgo = '1969-12-31T00:00:00Z';

function templateOf(image: string, hash?: string): object {
  const labels = { app: 'ui', ...(hash === undefined ? {} : { 'pod-template-hash': hash }) };
  const containers = [
    { name: 'ui', image, imagePullPolicy: 'IfNotPresent', ports: [{ containerPort: 8080, protocol: 'TCP' }] },
    { name: 'proxy', image: 'public.ecr.aws/envoy:1.36', imagePullPolicy: 'IfNotPresent' },
  ];
  return { metadata: { labels }, spec: { containers, restartPolicy: 'Always', terminationGracePeriodSeconds: 30 } };
}

interface WorkloadChange {
  readonly image?: string;
  readonly spec?: object;
  readonly status?: object;
  readonly generation?: number;
}

export function deployment({
  image = `${repository}:${ourTag}`,
  spec = {},
  status = {},
  generation = 2,
}: WorkloadChange = {}): Workload {
  const metadata = { name: 'ui', namespace: 'shop', uid: 'deployment', generation, creationTimestamp: created };
  return schemas.workload.parse({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: { replicas: 2, selector: { matchLabels: { app: 'ui' } }, template: templateOf(image), ...spec },
    status: {
      observedGeneration: 2,
      replicas: 2,
      updatedReplicas: 2,
      readyReplicas: 2,
      availableReplicas: 2,
      conditions: [{ type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable', message: '' }],
      ...status,
    },
  });
}

interface SetChange {
  readonly uid?: string;
  readonly image?: string;
  readonly status?: object;
}

export function replicaSet({ uid = 'new', image = `${repository}:${ourTag}`, status = {} }: SetChange = {}): ReplicaSet {
  const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'ui', uid: 'deployment', controller: true }];
  const labels = { app: 'ui', 'pod-template-hash': uid };
  return schemas.replicaSet.parse({
    metadata: { name: `ui-${uid}`, namespace: 'shop', uid, creationTimestamp: created, labels, ownerReferences },
    spec: { replicas: 2, template: templateOf(image, uid) },
    status: { replicas: 2, availableReplicas: 2, ...status },
  });
}

interface PodChange {
  readonly name: string;
  readonly owner?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly imageID?: string;
  /** Of the container `ui`; running when not given. */
  readonly state?: object;
  readonly status?: object;
  readonly restartCount?: number;
  readonly lastState?: object;
  readonly deletionTimestamp?: string;
  readonly phase?: string;
}

export function pod(change: PodChange): Pod {
  const {
    name,
    owner = 'new',
    labels = {},
    imageID = `${repository}@${digestOf('a')}`,
    phase = 'Running',
    deletionTimestamp,
  } = change;
  const { state = { running: { startedAt: longAgo } }, restartCount = 0, lastState = {}, status = {} } = change;
  const ready = 'running' in state ? 'True' : 'False';
  return schemas.pod.parse({
    metadata: {
      name,
      namespace: 'shop',
      uid: name,
      creationTimestamp: created,
      ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
      labels: { app: 'ui', ...labels },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `ui-${owner}`, uid: owner, controller: true }],
    },
    spec: {
      nodeName: 'node-1',
      containers: [
        { name: 'ui', image: `${repository}:${ourTag}` },
        { name: 'proxy', image: 'public.ecr.aws/envoy:1.36' },
      ],
    },
    status: {
      phase,
      conditions: [
        { type: 'Ready', status: ready },
        { type: 'PodScheduled', status: 'True' },
      ],
      containerStatuses: [
        { name: 'ui', image: `${repository}:${ourTag}`, imageID, restartCount, state, lastState, ready: true },
        {
          name: 'proxy',
          imageID: `public.ecr.aws/envoy@${digestOf('e')}`,
          restartCount: 0,
          state: { running: {} },
          lastState: {},
        },
      ],
      ...status,
    },
  });
}

/** A complete rollout of our image, with the changes that a test is about. */
export function view(change: Partial<RolloutView> = {}): RolloutView {
  return {
    workload: deployment(),
    replicaSets: [
      replicaSet(),
      replicaSet({ uid: 'old', image: `${repository}:i20261101000000-00000000`, status: { availableReplicas: 0 } }),
    ],
    controllerRevisions: [],
    pods: [pod({ name: 'ui-new-1' }), pod({ name: 'ui-new-2' })],
    events: [],
    ...change,
  };
}
