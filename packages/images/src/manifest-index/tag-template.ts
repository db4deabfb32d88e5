import { ActionError } from '@eks-gitops/errors';
import { isTag } from '../reference.ts';
import { compactTime, releaseTagForm } from '../tag.ts';
import type { Commit } from './commit.ts';

/** What a tag template can speak of. */
export interface TagFacts {
  readonly commit: Commit;
  /** When the run started. */
  readonly runTime: Date;
  /** Which of the two times `{time}` is. */
  readonly tagTime: 'commit' | 'run';
}

/** The tags of a release when the user names none. */
export const defaultTags: readonly string[] = ['i{time}-{sha8}', 'latest'];

const placeholders: Readonly<Record<string, (facts: TagFacts) => string>> = {
  time: ({ commit, runTime, tagTime }) => compactTime(tagTime === 'run' ? runTime : commit.time),
  'commit-time': ({ commit }) => compactTime(commit.time),
  'run-time': ({ runTime }) => compactTime(runTime),
  sha: ({ commit }) => commit.revision,
  sha8: ({ commit }) => commit.revision.slice(0, 8),
};

/**
 * Fills `{time}`, `{commit-time}`, `{run-time}` (UTC, yyyymmddHHMMSS), `{sha}` and `{sha8}` into tag templates; each tag once.
 * Throws INPUT_INVALID for another placeholder, or where no valid tag comes out.
 */
export function expandTags(templates: readonly string[], facts: TagFacts): string[] {
  return [...new Set(templates.map(template => expandTag(template, facts)))];
}

/** Gives a template back if it can give a valid tag. Throws INPUT_INVALID. */
export function parseTagTemplate(template: string): string {
  const time = new Date(0);
  expandTag(template, { commit: { revision: '0'.repeat(64), time }, runTime: time, tagTime: 'commit' });
  return template;
}

function expandTag(template: string, facts: TagFacts): string {
  const tag = template.replace(/\{([^{}]*)\}/g, (whole, name: string) => placeholders[name]?.(facts) ?? whole);
  if (isTag(tag)) return tag;
  throw new ActionError({
    code: 'INPUT_INVALID',
    message: `The tag "${template}" is not valid.`,
    expected: `letters, digits and . _ - (128 at most), with the placeholders ${Object.keys(placeholders)
      .map(name => `{${name}}`)
      .join(' ')}`,
    found: JSON.stringify(tag),
  });
}

/** Release tags (`i<time>-<sha8>`) are written once and name one commit for ever; all others move, forward in commit time only. */
export function isFixedTag(tag: string): boolean {
  return releaseTagForm.test(tag);
}
