import { ActionError } from '@eks-gitops/errors';
import { parseRange } from './semver-range.ts';
import { parseTagVersion } from './semver-version.ts';
import { compileFilter, type TagFilter } from './tag-filter.ts';

/** How an ImagePolicy chooses among tags. */
export interface TagRule {
  /** Where the rule stands, for messages: `the ImagePolicy ui (apps/ui.yaml:12)`. */
  readonly origin: string;
  readonly filterTags?: TagFilter | undefined;
  readonly policy:
    | { readonly kind: 'semver'; readonly range: string }
    | { readonly kind: 'alphabetical' | 'numerical'; readonly order: 'asc' | 'desc' };
}

/** An order of tags; the greater of two is the newer one. */
export interface TagOrder {
  /** What orders, for messages: half a sentence. */
  readonly meaning: string;
  /** If the tag may be chosen at all. */
  readonly selects: (tag: string) => boolean;
  /** Positive when `a` would be chosen over `b`, 0 when chance would decide, undefined when they do not compare. */
  readonly compare: (a: string, b: string) => number | undefined;
}

/** What tags are ordered by, once filtered: undefined for a value that is not selected. */
interface ValueOrder<Value> {
  readonly parse: (text: string) => Value | undefined;
  readonly compare: (a: Value, b: Value) => number;
}

/** As publishers of this project name images: `i<commit time, UTC yyyymmddHHMMSS>-<first 8 of the commit>`. */
const releaseTag = /^i\d{14}-[0-9a-f]{8}$/;

/** A number as Go's ParseFloat reads it, with `_` between digits; hexadecimal, infinite and undefined ones are not selected here. */
const decimal = /^[-+]?(\d+(_\d+)*\.?(\d+(_\d+)*)?|\.\d+(_\d+)*)(e[-+]?\d+(_\d+)*)?$/i;

/** The order of release tags, by their commit's time; for want of an ImagePolicy. It selects every tag, and compares those alone. */
export const releaseTagOrder: TagOrder = {
  meaning: 'without an ImagePolicy only tags of the form i<time>-<commit> are ordered',
  selects: () => true,
  compare: (a, b) => (releaseTag.test(a) && releaseTag.test(b) ? compareBytes(a, b) : undefined),
};

/**
 * The order of an ImagePolicy. Where its tags have one value (by `extract`) or version, chance decides, as in Flux.
 * A tag that alphabetical order takes and numerical order cannot read makes Flux's policy fail; here it is not selected.
 * Throws POLICY_INVALID for a pattern or range that Flux would not take.
 * Source: image-reflector-controller v1.2, internal/policy.
 */
export function orderTags({ origin, filterTags, policy }: TagRule): TagOrder {
  const filter = filterTags === undefined ? (tag: string) => tag : compileFilter(filterTags, origin);
  if (policy.kind === 'semver') {
    const parse = versionsIn(policy.range, origin);
    return order(`${origin} orders by the versions of ${policy.range}`, filter, { parse, compare: (a, b) => a.compare(b) });
  }
  const sign = policy.order === 'asc' ? 1 : -1;
  const meaning = `${origin} orders by ${policy.kind} order, ${sign === 1 ? 'ascending' : 'descending'}`;
  if (policy.kind === 'alphabetical') {
    return order(meaning, filter, { parse: text => text, compare: (a, b) => sign * compareBytes(a, b) });
  }
  return order(meaning, filter, { parse: parseDecimal, compare: (a, b) => sign * Math.sign(a - b) });
}

function order<Value>(meaning: string, filter: (tag: string) => string | undefined, values: ValueOrder<Value>): TagOrder {
  const read = (tag: string): Value | undefined => {
    const text = filter(tag);
    return text === undefined ? undefined : values.parse(text);
  };
  return {
    meaning,
    selects: tag => read(tag) !== undefined,
    compare: (a, b) => {
      const [first, second] = [read(a), read(b)];
      return first === undefined || second === undefined ? undefined : values.compare(first, second);
    },
  };
}

function versionsIn(range: string, origin: string): ValueOrder<NonNullable<ReturnType<typeof parseTagVersion>>>['parse'] {
  const includes = parseRange(range);
  if (includes === undefined) {
    throw new ActionError({
      code: 'POLICY_INVALID',
      message: `The semver range of ${origin} is no range.`,
      expected: 'a range of versions such as >=1.2.0 <2.0.0, ^1.2 or 1.x (https://github.com/Masterminds/semver)',
      found: range,
    });
  }
  return text => {
    const version = parseTagVersion(text);
    return version !== undefined && includes(version) ? version : undefined;
  };
}

function parseDecimal(text: string): number | undefined {
  const value = decimal.test(text) ? Number(text.replaceAll('_', '')) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}

/** Go's order of strings. */
function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
