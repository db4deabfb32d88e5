export type { Commit } from './commit.ts';
export { formatTime } from './commit.ts';
export type { BuildClaim, SourceSelection } from './find-sources.ts';
export { describeHeld, type Held, readHeld } from './held.ts';
export { type JoinRequest, type JoinResult, joinImages } from './join-images.ts';
export type { OnExistingTag } from './judge.ts';
export { parseSource } from './source.ts';
export { defaultTags, isFixedTag, parseTagTemplate } from './tag-template.ts';
