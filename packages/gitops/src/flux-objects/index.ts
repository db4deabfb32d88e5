export type { Automation } from './ensure-objects.ts';
export type { PlaceChoice } from './find-places.ts';
export type { IngressSettings } from './ingress.ts';
export type { DigestReflection, ScannedImage } from './object-text.ts';
export { planSetup, type SetupOptions, type SetupPlan } from './plan-setup.ts';
export { readManifests, type SetupScope, scopeFolders } from './read-manifests.ts';
