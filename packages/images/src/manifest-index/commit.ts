import { commitTimeLabel, revisionLabel } from '../labels.ts';

/** The commit that something was built from. */
export interface Commit {
  /** The full commit id, 40 or 64 hex digits. */
  readonly revision: string;
  /** In whole seconds. */
  readonly time: Date;
}

const revisionForm = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const timeForm = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/i;

/** Reads a commit from labels or annotations; undefined when one of the two is absent or malformed. */
export function readCommit(labels: Readonly<Record<string, string>> | undefined): Commit | undefined {
  const revision = labels?.[revisionLabel] ?? '';
  const time = parseTime(labels?.[commitTimeLabel] ?? '');
  return revisionForm.test(revision) && time !== undefined ? { revision, time } : undefined;
}

/** The annotations of an index that tell its commit. */
export function commitAnnotations({ revision, time }: Commit): Record<string, string> {
  return { [revisionLabel]: revision, [commitTimeLabel]: formatTime(time) };
}

/** RFC 3339, UTC, whole seconds. */
export function formatTime(time: Date): string {
  return time.toISOString().replace(/\.\d{3}Z$/, 'Z');
}

export function sameCommit(a: Commit, b: Commit): boolean {
  return a.revision === b.revision && a.time.getTime() === b.time.getTime();
}

function parseTime(text: string): Date | undefined {
  const time = timeForm.test(text) ? Math.floor(Date.parse(text) / 1000) * 1000 : Number.NaN;
  return Number.isNaN(time) ? undefined : new Date(time);
}
