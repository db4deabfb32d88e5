export { type BuildRun, buildImage } from './build-image.ts';
export type { BuildRequest, BuildSecret } from './build-request.ts';
export { type BuilderChoice, type BuilderState, emulationWarning, isEmulated, parseBuilder } from './builder-choice.ts';
export { type CacheItems, cacheItems } from './cache.ts';
export { findBuildx } from './find-buildx.ts';
export { type BuildOrigin, inputsDigest } from './inputs-digest.ts';
export type { BuildMetadata } from './metadata.ts';
export { type BuilderNeed, type OpenBuilder, openBuilder } from './open-builder.ts';
export type { ProgressLine } from './progress.ts';
export {
  type ExpectedImage,
  labelsOf,
  type PushedImage,
  readPushedImage,
  stageImage,
  verifyPushedImage,
} from './pushed-image.ts';
export type { BuildxTool } from './run-buildx.ts';
export { findStagedImage } from './staged-image.ts';
