import { ActionError } from '@eks-gitops/errors';
import { type Matcher, RE2JS } from 're2js';

/** Which tags an ImagePolicy looks at, and what of each it orders by. */
export interface TagFilter {
  /** In the syntax of RE2, found anywhere in the tag; empty matches all. */
  readonly pattern: string;
  /** A template of Go's regexp, such as `$ts`; empty orders by the whole tag. */
  readonly extract: string;
}

/**
 * Gives what a tag is ordered by, or undefined for a tag that is not selected. Throws POLICY_INVALID, naming `origin`.
 * Source: image-reflector-controller, internal/policy/filter.go.
 */
export function compileFilter({ pattern, extract }: TagFilter, origin: string): (tag: string) => string | undefined {
  const expression = compile(pattern, origin);
  const names = expression.namedGroups();
  return tag => {
    const matcher = expression.matcher(tag);
    if (!matcher.find()) return undefined;
    return extract === '' ? tag : expand(extract, matcher, names);
  };
}

function compile(pattern: string, origin: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    throw new ActionError({
      code: 'POLICY_INVALID',
      message: `The filterTags.pattern of ${origin} is no regular expression.`,
      expected: 'the syntax of RE2 (https://github.com/google/re2/wiki/Syntax)',
      found: pattern,
      detail: error instanceof Error ? error.message : String(error),
      cause: error,
    });
  }
}

/**
 * Fills a template from a match: `$name`, `${name}`, `$1`, `${1}` (nothing for a group that is not there; `$1x` names the group
 * `1x`) and `$$`; any other `$` stays. Source: Go, regexp.Regexp.Expand.
 */
function expand(template: string, matcher: Matcher, names: Readonly<Record<string, number>>): string {
  return template.replaceAll(
    /\$(?:(\$)|([\p{L}\p{Nd}_]+)|\{([\p{L}\p{Nd}_]+)\})/gu,
    (_, dollar?: string, bare?: string, braced?: string) => {
      if (dollar !== undefined) return '$';
      const name = bare ?? braced ?? '';
      const group = /^(0|[1-9]\d{0,7})$/.test(name) ? Number(name) : names[name];
      return group === undefined || group > matcher.groupCount() ? '' : (matcher.group(group) ?? '');
    },
  );
}
