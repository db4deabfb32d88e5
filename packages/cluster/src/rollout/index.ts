export { type AwaitRolloutOptions, awaitRollout, type Rollout } from './await-rollout.ts';
export { type FaultKind, type Tolerances, tolerable } from './fault.ts';
export { findWorkloads } from './find-workloads.ts';
export { type ImageDemand, splitImage } from './image.ts';
export { formatWorkload, type GivenWorkload, parseWorkload, type WorkloadName } from './workload.ts';
