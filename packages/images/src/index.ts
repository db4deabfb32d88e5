export type { CredentialProvider, Credentials } from './credentials.ts';
export { commitTimeLabel, inputsLabel, revisionLabel } from './labels.ts';
export { formatPlatform, normalizePlatform, type Platform, parsePlatform, samePlatform } from './platform.ts';
export {
  type Digest,
  formatReference,
  formatRepository,
  isDigest,
  isTag,
  parseReference,
  parseRepository,
  type Reference,
  type Repository,
} from './reference.ts';
export {
  type BuildSubject,
  buildScope,
  compactTime,
  releaseTag,
  releaseTagForm,
  type Staging,
  stagingTag,
  stagingTags,
} from './tag.ts';
