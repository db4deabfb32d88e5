import type { PolicyName } from '../markers/index.ts';
import { coveringAutomations, findPolicy, type ImageUpdateAutomation, readFluxObjects } from '../policies/index.ts';
import { type Draft, mayHoldImageObjects } from './draft.ts';
import type { ImageObject } from './find-objects.ts';

export interface CoveringQuestion {
  readonly policy: PolicyName;
  /** The files that hold the policy's markers. */
  readonly files: readonly string[];
  readonly objects: readonly ImageObject[];
}

/** An ImageUpdateAutomation that writes a policy's markers, or would if it were not suspended. */
export interface CoveringAutomation {
  readonly object: ImageObject;
  readonly suspended: boolean;
  /** Whether it covers all of the files. */
  readonly whole: boolean;
}

/** The ImageUpdateAutomations that cover a policy. A policy that does not exist yet will have no labels. Throws POLICY_INVALID. */
export function findCovering(draft: Draft, { policy, files, objects }: CoveringQuestion): readonly CoveringAutomation[] {
  const flux = readFluxObjects(imageManifests(draft));
  const labels = findPolicy(flux, policy)?.labels ?? {};
  const covers = (automation: ImageUpdateAutomation, paths: readonly string[]): boolean =>
    coveringAutomations({ automations: [{ ...automation, suspend: false }], policy: { ...policy, labels }, paths }).length > 0;
  return flux.automations
    .filter(automation => covers(automation, files))
    .flatMap(automation => {
      const object = objects.find(({ manifest, line }) => manifest.path === automation.path && line === automation.line);
      const whole = files.every(file => covers(automation, [file]));
      return object === undefined ? [] : [{ object, suspended: automation.suspend, whole }];
    });
}

function imageManifests({ texts }: Draft) {
  const encoder = new TextEncoder();
  return [...texts].flatMap(([path, text]) => (mayHoldImageObjects(text) ? [{ path, content: encoder.encode(text) }] : []));
}
