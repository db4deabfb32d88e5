import { RE2JS } from 're2js';
import type SemVer from 'semver/classes/semver.js';
import { coerceVersion } from './semver-version.ts';

const operators = ['=', '', '!=', '>', '<', '>=', '=>', '<=', '=<', '~', '~>', '^'] as const;

type Operator = (typeof operators)[number];

interface Constraint {
  readonly operator: Operator;
  readonly version: SemVer;
  /** What the text left out or wrote as x: all three parts, minor and patch, the patch alone, or nothing. */
  readonly open: 'all' | 'minor' | 'patch' | 'none';
}

/** Masterminds' own expressions, run by RE2, since they take exponential time in JavaScript. */
const operator = operators.join('|').replace('^', String.raw`\^`);
const partial = String.raw`v?([0-9|x|X|\*]+)(\.[0-9|x|X|\*]+)?(\.[0-9|x|X|\*]+)?(-([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?(\+([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?`;
const one = RE2JS.compile(String.raw`(${operator})\s*(${partial})`);
const whole = RE2JS.compile(String.raw`^(\s*(${operator})\s*(${partial})\s*)((?:\s+|,\s*)(${operator})\s*(${partial})\s*)*$`);
const hyphen = RE2JS.compile(String.raw`\s*(${partial})\s+-\s+(${partial})\s*`);

/**
 * Reads a range as Flux does, which is not npm's: blanks and commas mean and, `||` or; a prerelease is selected only where a
 * constraint of the same and-group has one, and then whatever its numbers; `1`, `1.x` and `=1` mean `~1`; `~0.0.0` means
 * anything from there. Undefined for what is no range. Source: Masterminds/semver v3.5, constraints.go.
 */
export function parseRange(range: string): ((version: SemVer) => boolean) | undefined {
  const alternatives = rewriteHyphens(range).split('||');
  if (range.length > 512 || alternatives.length > 32 || !alternatives.every(text => whole.matches(text))) return undefined;
  const groups = alternatives.map(text => matchesOf(one, text).map(toConstraint));
  if (!groups.every(group => group.every(constraint => constraint !== undefined))) return undefined;
  return version =>
    groups.some(group =>
      satisfies(
        version,
        group.filter(constraint => constraint !== undefined),
      ),
    );
}

function satisfies(version: SemVer, group: readonly Constraint[]): boolean {
  const wantsPrerelease = group.some(({ version: { prerelease } }) => prerelease.length > 0);
  return (version.prerelease.length === 0 || wantsPrerelease) && group.every(constraint => holds(version, constraint));
}

function holds(v: SemVer, { operator, version: c, open }: Constraint): boolean {
  const order = v.compare(c);
  switch (operator) {
    case '':
    case '=':
      return open === 'none' ? order === 0 : order >= 0 && isNear(v, c, open);
    case '!=':
      return differs(v, c, open);
    case '>':
      return open === 'none' || open === 'all' ? order > 0 : isAbove(v, c, open);
    case '<':
      return order < 0;
    case '>=':
    case '=>':
      return order >= 0;
    case '<=':
    case '=<':
      return open === 'none' ? order <= 0 : !isAbove(v, c, open);
    case '~':
    case '~>':
      return order >= 0 && isNear(v, c, open);
    case '^':
      return order >= 0 && isCompatible(v, c, open);
  }
}

function isNear(v: SemVer, c: SemVer, open: Constraint['open']): boolean {
  const isZero = c.major === 0 && c.minor === 0 && c.patch === 0;
  if (isZero && (open === 'all' || open === 'none')) return true;
  return v.major === c.major && (open === 'minor' || v.minor === c.minor);
}

function differs(v: SemVer, c: SemVer, open: Constraint['open']): boolean {
  if (open === 'none' || open === 'all') return v.compare(c) !== 0;
  if (v.major !== c.major || open === 'minor') return v.major !== c.major;
  return v.minor !== c.minor || v.prerelease.join('.') !== c.prerelease.join('.');
}

/** If a version lies beyond all that the open parts can stand for. */
function isAbove(v: SemVer, c: SemVer, open: Constraint['open']): boolean {
  return v.major === c.major ? open !== 'minor' && v.minor > c.minor : v.major > c.major;
}

function isCompatible(v: SemVer, c: SemVer, open: Constraint['open']): boolean {
  if (v.major !== c.major) return false;
  if (c.major > 0 || open === 'minor') return true;
  if (v.minor !== c.minor) return false;
  return c.minor > 0 || open === 'patch' || v.patch === c.patch;
}

function toConstraint(match: Match): Constraint | undefined {
  const [, operator = '', partial = '', major = '', minor = '', patch = '', prerelease = ''] = match;
  const open = isOpen(major) ? 'all' : isOpen(minor) ? 'minor' : isOpen(patch) ? 'patch' : 'none';
  const closed = { all: '0.0.0', minor: `${major}.0.0`, patch: `${major}${minor}.0`, none: partial }[open];
  const version = coerceVersion(open === 'none' ? closed : `${closed}${prerelease}`);
  return version && isOperator(operator) ? { operator, version, open } : undefined;
}

function isOpen(part: string): boolean {
  return ['', 'x', 'X', '*'].includes(part.replace(/^\./, ''));
}

function isOperator(text: string): text is Operator {
  return operators.some(operator => operator === text);
}

/** `1 - 2` is `>= 1, <= 2`. */
function rewriteHyphens(range: string): string {
  return matchesOf(hyphen, range).reduce(
    (text, match) => text.replace(match[0], () => `>= ${match[1]}, <= ${match[11]} `),
    range,
  );
}

/** A match and its groups. */
type Match = readonly [string, ...(string | undefined)[]];

function matchesOf(expression: RE2JS, text: string): Match[] {
  const matcher = expression.matcher(text);
  const matches: Match[] = [];
  while (matcher.find()) {
    const groups = Array.from({ length: matcher.groupCount() }, (_, index) => matcher.group(index + 1) ?? undefined);
    matches.push([matcher.group() ?? '', ...groups]);
  }
  return matches;
}
