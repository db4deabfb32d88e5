import { failingProbe, type WorkloadChange, type World } from './e2e-world.ts';

/** What a workload is changed to that runs version one and is healthy, and how the wait for version two then has to end. */
export interface FaultyChange {
  readonly name: string;
  readonly change?: Omit<Partial<WorkloadChange>, 'name'>;
  readonly code: string;
  readonly found: RegExp;
  readonly detail?: RegExp;
  readonly args?: readonly string[];
  /** The image that is waited for, where it is not version two. */
  readonly image?: string;
}

const ending = (script: string): object => ({ command: ['sh', '-c', script] });
const liveness = { livenessProbe: { httpGet: { path: '/none', port: 8080 }, periodSeconds: 1, failureThreshold: 1 } };
const allOnce = { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } } };

/** Namespaces of their own, with what they are named after; a policy, whose words are of ours. */
export const surroundings = `
{ apiVersion: v1, kind: Namespace, metadata: { name: small } }
---
{ apiVersion: v1, kind: ResourceQuota, metadata: { name: one, namespace: small }, spec: { hard: { pods: 1 } } }
---
{ apiVersion: v1, kind: Namespace, metadata: { name: signed } }
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: signed }
spec:
  failurePolicy: Fail
  matchConstraints:
    resourceRules: [{ apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods] }]
  validations:
    - expression: object.spec.containers.all(one, !one.image.endsWith("-00000002"))
      message: this image is not signed
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: { name: signed }
spec:
  policyName: signed
  validationActions: [Deny]
  matchResources: { namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: signed } } }
`;

/** A failure for each thing that can go wrong, made by the real component. */
export function faultyChanges({ one, two }: Pick<World, 'one' | 'two'>): readonly FaultyChange[] {
  const missing = `${one.reference.split(':')[0]}:missing`;
  return [
    {
      name: 'an image that cannot be pulled',
      change: { image: missing },
      image: `${missing}@${two.digest}`,
      args: ['--tolerate=image-pull=2s'],
      code: 'IMAGE_UNPULLABLE',
      found: /^(?:ErrImagePull|ImagePullBackOff) .*:missing: .*not found/,
      detail: /Events of fault-0-/,
    },
    {
      name: 'a container that keeps ending',
      change: { container: ending('echo no database; exit 3') },
      code: 'CONTAINER_CRASHING',
      found: /^exit code 3, Error$/,
      detail: /Last log lines of fault-1-.*, container ui:\n {2}no database[\s\S]*Events of fault-1-/,
    },
    {
      name: 'a container that ends a moment after it counted as ready',
      change: { container: ending('usleep 400000; echo no cache; exit 4') },
      code: 'CONTAINER_CRASHING',
      found: /^exit code 4, Error$/,
      detail: /\n {2}no cache/,
    },
    {
      name: 'a container that needs more memory than it may have',
      change: { container: { ...ending('x=a; while :; do x=$x$x; done'), resources: { limits: { memory: '16Mi' } } } },
      code: 'CONTAINER_CRASHING',
      found: /OOMKilled/,
      detail: /Events of fault-3-/,
    },
    {
      name: 'a liveness probe that fails',
      change: { spec: { minReadySeconds: 60 }, container: liveness },
      code: 'CONTAINER_CRASHING',
      found: /^exit code \d+/,
      detail: /Liveness probe failed/,
    },
    {
      name: 'a DaemonSet whose pods keep ending',
      change: { kind: 'DaemonSet', spec: allOnce, container: ending('echo no disk; exit 5') },
      code: 'CONTAINER_CRASHING',
      found: /^exit code 5, Error$/,
      detail: /\n {2}no disk/,
    },
    {
      name: 'a Secret that is not there',
      change: { container: { envFrom: [{ secretRef: { name: 'database' } }] } },
      args: ['--tolerate=configuration=2s'],
      code: 'CONTAINER_INVALID',
      found: /CreateContainerConfigError .*secret "database" not found/,
      detail: /Events of fault-6-/,
    },
    {
      name: 'an image name that is none',
      change: { image: 'UI:i20261102000000-00000002' },
      args: ['--container=ui'],
      code: 'IMAGE_NAME_INVALID',
      found: /InvalidImageName/,
    },
    {
      name: 'a progress deadline, by a readiness probe that fails',
      change: { spec: { progressDeadlineSeconds: 3 }, container: failingProbe },
      code: 'ROLLOUT_STALLED',
      found: /timed out progressing/,
      detail: /Readiness probe failed.*404/,
    },
    {
      name: 'a rollout that is paused',
      change: { spec: { paused: true } },
      code: 'ROLLOUT_PAUSED',
      found: /spec.paused/,
    },
    {
      name: 'a StatefulSet that a partition holds',
      change: { kind: 'StatefulSet', spec: { updateStrategy: { rollingUpdate: { partition: 1 } } } },
      code: 'ROLLOUT_PAUSED',
      found: /partition 1/,
    },
    {
      name: 'a pod that no node takes, at the timeout, in the words of the scheduler',
      change: { podSpec: { nodeSelector: { disk: 'ssd' } } },
      args: ['--timeout=20s'],
      code: 'TIMED_OUT',
      found: /1 of 1 new pods/,
      detail: /cannot be scheduled: 0\/1 nodes are available[\s\S]*FailedScheduling/,
    },
    {
      name: 'a quota, at the timeout',
      change: { namespace: 'small' },
      args: ['--timeout=20s'],
      code: 'TIMED_OUT',
      found: /1 of 1 new pods/,
      detail: /exceeded quota: one/,
    },
    {
      name: 'pods that a policy refuses',
      change: { namespace: 'signed' },
      args: ['--tolerate=pod-creation=1s'],
      code: 'PODS_REFUSED',
      found: /this image is not signed/,
    },
    {
      name: 'pods of a StatefulSet that a policy refuses',
      change: { kind: 'StatefulSet', namespace: 'signed' },
      args: ['--tolerate=pod-creation=1s'],
      code: 'PODS_REFUSED',
      found: /this image is not signed/,
    },
    {
      name: 'a container that is not there',
      args: ['--container=web', '--tolerate=image-unused=1s'],
      code: 'IMAGE_UNUSED',
      found: /ui: /,
    },
  ];
}
