import { createHash } from 'node:crypto';
import type { Platform } from './platform.ts';
import { formatRepository, type Repository } from './reference.ts';

/** What a release tag says: `i<commit time, UTC yyyymmddHHMMSS>-<first 8 of the commit>`. */
export const releaseTagForm = /^i\d{14}-[0-9a-f]{8}$/;

/** Names the index of a commit, so that tags sort by commit time. `time` is cut to whole seconds. */
export function releaseTag({ time, revision }: { time: Date; revision: string }): string {
  return `i${compactTime(time)}-${revision.slice(0, 8).toLowerCase()}`;
}

/** UTC as `yyyymmddHHMMSS`. */
export function compactTime(time: Date): string {
  return time.toISOString().replace(/\D/g, '').slice(0, 14);
}

/** Where a build is staged until the index job joins it. */
export interface Staging {
  readonly runId: string;
  /** 8 hex digits that tell builds of one run apart, see {@link buildScope}. */
  readonly scope: string;
  /** Counts from 1. */
  readonly attempt: number;
  readonly platform: Platform;
}

/** The staging tag `build-<run id>-<scope>-<attempt>-<arch[-variant]>`; sanitised, and hashed when over 128 characters. */
export function stagingTag({ runId, scope, attempt, platform }: Staging): string {
  return joinTag('build', [runId, scope, String(attempt), ...platformWords(platform)]);
}

/** As many attempts, counted back from the own one, are asked for; CIs keep runs for less. */
const mostAttempts = 100;

/** The staging tags of an attempt and of those before it, newest first. */
export function stagingTags({ attempt, ...staging }: Staging): string[] {
  const attempts = Array.from({ length: Math.min(attempt, mostAttempts) }, (_, index) => attempt - index);
  return attempts.map(one => stagingTag({ ...staging, attempt: one }));
}

/** The build cache of one branch. */
export interface CacheSlot {
  readonly platform: Platform;
  /** As for staging. */
  readonly scope: string;
  /** Undefined for the default branch, whose cache all branches read. */
  readonly branch: string | undefined;
}

/**
 * The cache tag `cache-<arch[-variant]>-<scope>`, of another branch than the default one with the branch's name and 8 hex digits of its
 * SHA-256 at the end, since names that are sanitised alike are not the same branch.
 */
export function cacheTag({ platform, scope, branch }: CacheSlot): string {
  const words = branch === undefined ? [] : [branch.slice(0, 40), createHash('sha256').update(branch).digest('hex').slice(0, 8)];
  return joinTag('cache', [...platformWords(platform), scope, ...words]);
}

function platformWords({ os, architecture, variant }: Platform): string[] {
  return [...(os === 'linux' ? [] : [os]), architecture, ...(variant === undefined ? [] : [variant])];
}

function joinTag(kind: 'build' | 'cache', words: readonly string[]): string {
  const tag = [kind, ...words].join('-').replace(/[^A-Za-z0-9._-]/g, '_');
  return tag.length <= 128 ? tag : `${kind}-${createHash('sha256').update(tag).digest('hex')}`;
}

export interface BuildSubject {
  readonly repository: Repository;
  /** The context's path relative to the root of its git work tree, `.` for the root itself. */
  readonly context: string;
  /** The Dockerfile as given by the user, empty when not given. */
  readonly file: string;
  /** The target stage, empty when not given. */
  readonly target: string;
}

/** The default scope: the first 8 hex digits of SHA-256 over the JSON array `[repository, context, file, target]`. */
export function buildScope({ repository, context, file, target }: BuildSubject): string {
  const subject = JSON.stringify([formatRepository(repository), context, file, target]);
  return createHash('sha256').update(subject).digest('hex').slice(0, 8);
}
