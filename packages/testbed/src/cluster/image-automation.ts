import type { ControlPlane } from './control-plane.ts';
import { startController } from './flux-controller.ts';

export interface ImageAutomation {
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

/**
 * Starts Flux's image-automation-controller on a control plane, for all its namespaces, and has the kinds served that it works with:
 * GitRepository, ImageRepository, ImagePolicy, ImageUpdateAutomation. No reflector runs: an ImagePolicy's status is the caller's to set.
 */
export async function startImageAutomation({ controlPlane }: { controlPlane: ControlPlane }): Promise<ImageAutomation> {
  return startController({ component: 'image-automation-controller', controlPlane });
}
