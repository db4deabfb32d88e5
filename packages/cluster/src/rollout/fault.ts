import type { ErrorCode } from '@eks-gitops/errors';

interface FaultMeaning {
  readonly code: ErrorCode;
  /** Milliseconds that it may last before it ends the wait. */
  readonly tolerance: number;
}

const second = 1000;

/** What keeps a rollout from being completed, and for how long it may: a passing fault of a registry, say, heals by itself. */
export const faultKinds = {
  missing: { code: 'OBJECT_MISSING', tolerance: 60 * second },
  'image-unused': { code: 'IMAGE_UNUSED', tolerance: 60 * second },
  'image-name': { code: 'IMAGE_NAME_INVALID', tolerance: 0 },
  'image-platform': { code: 'IMAGE_PLATFORM_MISSING', tolerance: 0 },
  'image-pull': { code: 'IMAGE_UNPULLABLE', tolerance: 60 * second },
  'other-image': { code: 'IMAGE_NOT_RUNNING', tolerance: 0 },
  configuration: { code: 'CONTAINER_INVALID', tolerance: 10 * second },
  crash: { code: 'CONTAINER_CRASHING', tolerance: 0 },
  'pod-creation': { code: 'PODS_REFUSED', tolerance: 60 * second },
  'progress-deadline': { code: 'ROLLOUT_STALLED', tolerance: 0 },
  paused: { code: 'ROLLOUT_PAUSED', tolerance: 0 },
  replaced: { code: 'ROLLOUT_REPLACED', tolerance: 0 },
} as const satisfies Record<string, FaultMeaning>;

export type FaultKind = keyof typeof faultKinds;

/** Those that a user may let last longer. */
export const tolerable = [
  'missing',
  'image-unused',
  'image-pull',
  'configuration',
  'crash',
  'pod-creation',
  'progress-deadline',
  'paused',
] as const satisfies readonly FaultKind[];

/** Milliseconds that a kind of fault may last, where it is not the default. */
export type Tolerances = Partial<Readonly<Record<FaultKind, number>>>;

export interface Fault {
  readonly kind: FaultKind;
  /** One sentence without what it is on. */
  readonly says: string;
  /** The cluster's own words. */
  readonly found?: string | undefined;
  readonly pod?: FaultyPod | undefined;
}

/** Where to look for more. */
export interface FaultyPod {
  readonly name: string;
  readonly uid: string;
  readonly node: string;
  readonly container: string;
  /** Whether the container's last words are in the log of its run before. */
  readonly ended: boolean;
}

/** The same fault of the same thing. */
export function faultKey({ kind, pod }: Fault): string {
  return pod === undefined ? kind : `${kind} ${pod.uid} ${pod.container}`;
}
