import { containersOf, runningImages, type TemplateImage } from './image.ts';
import type { Workload } from './objects.ts';
import { desiredPods } from './progress.ts';
import type { RevisionPods } from './revision.ts';

/** What a rollout has come to. */
export interface Complete {
  readonly kind: 'complete';
  /** The hash of the newest ReplicaSet, or of the newest ControllerRevision. */
  readonly revision: string;
  readonly replicas: number;
  readonly pods: readonly string[];
  /** What the containers report to run, each digest once. */
  readonly digests: readonly string[];
  /** The images as the template names them. */
  readonly images: readonly string[];
  /** A later release than ours is what runs. */
  readonly superseded: boolean;
}

/** What a rollout that lacks nothing has come to. */
export function completeRollout(
  workload: Workload,
  { pods, image }: { pods: RevisionPods; image: TemplateImage | undefined },
): Complete {
  const containers = image?.containers ?? containersOf(workload.spec.template);
  const digests = runningImages(pods.newest, containers).flatMap(({ digest }) => digest ?? []);
  return {
    kind: 'complete',
    revision: pods.hash ?? '',
    replicas: desiredPods(workload),
    pods: pods.newest.map(({ metadata }) => metadata.name),
    digests: [...new Set(digests)],
    images: containers.map(container => container.image),
    superseded: image?.kind === 'newer',
  };
}
