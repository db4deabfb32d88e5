export { type CoveredPolicy, type Covering, coveringAutomations } from './covering-automations.ts';
export { findPolicy } from './find-policy.ts';
export type { ImagePolicy, ImageUpdateAutomation, LabelSelector } from './flux-objects.ts';
export { judgeTag, type TagVerdict } from './judge-tag.ts';
export type { MalformedObject } from './parse-object.ts';
export { type FluxObjects, fluxObjectTokens, readFluxObjects } from './read-flux-objects.ts';
export { orderTags, releaseTagOrder, type TagOrder, type TagRule } from './tag-order.ts';
