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
  const slug = [platform.architecture, platform.variant].filter(part => part !== undefined).join('-');
  const os = platform.os === 'linux' ? [] : [platform.os];
  const tag = ['build', runId, scope, String(attempt), ...os, slug].join('-').replace(/[^A-Za-z0-9._-]/g, '_');
  return tag.length <= 128 ? tag : `build-${createHash('sha256').update(tag).digest('hex')}`;
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
