import { formatPlatform } from '../platform.ts';
import { type Descriptor, type ManifestContent, parseManifest } from '../registry/index.ts';
import { type Commit, formatTime, readCommit } from './commit.ts';
import { isAttestation } from './source.ts';
import { configPlatform } from './verify-sources.ts';

/** What a tag holds, as far as one manifest tells. */
export type Held =
  | { readonly kind: 'nothing' }
  | {
      readonly kind: 'index';
      readonly content: ManifestContent;
      readonly commit: Commit | undefined;
      /** As formatPlatform writes them, sorted. */
      readonly platforms: readonly string[];
    }
  | { readonly kind: 'image' | 'other'; readonly content: ManifestContent; readonly commit: Commit | undefined };

export function readHeld(content: ManifestContent | undefined): Held {
  if (content === undefined) return { kind: 'nothing' };
  const document = tryParse(content);
  switch (document?.kind) {
    case 'index': {
      const { manifests, annotations } = document.index;
      return { kind: 'index', content, commit: readCommit(annotations), platforms: platformsOf(manifests) };
    }
    case 'image':
      return { kind: 'image', content, commit: readCommit(document.manifest.annotations) };
    default:
      return { kind: 'other', content, commit: undefined };
  }
}

/** Says in words what a tag holds. */
export function describeHeld(held: Held): string {
  if (held.kind === 'nothing') return 'nothing';
  const { content, commit } = held;
  const origin = commit === undefined ? 'of an unknown commit' : `of commit ${commit.revision} (${formatTime(commit.time)})`;
  switch (held.kind) {
    case 'index':
      return `the index ${content.digest} of ${held.platforms.join(', ') || 'no platform'}, ${origin}`;
    case 'image':
      return `the single image ${content.digest}, ${origin}`;
    case 'other':
      return `${content.mediaType || 'something without a media type'}, ${content.digest}`;
  }
}

/** The platforms of the images among an index's descriptors, sorted. */
export function platformsOf(descriptors: readonly Descriptor[]): string[] {
  return descriptors
    .flatMap(descriptor => (isAttestation(descriptor) ? [] : [descriptor.platform]))
    .map(platform => (platform === undefined ? 'an unknown platform' : formatPlatform(configPlatform(platform))))
    .sort();
}

function tryParse({ mediaType, bytes, digest }: ManifestContent) {
  try {
    return parseManifest({ mediaType, bytes, subject: digest });
  } catch {
    return undefined;
  }
}
