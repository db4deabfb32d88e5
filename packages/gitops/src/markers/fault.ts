import { formatPolicyName, type PolicyName } from './policy-name.ts';

/** Something that stands in the way of editing a manifest. */
export interface Fault {
  /** `manifest`: the file cannot be read at all; `marker`: one marker cannot be followed. */
  readonly kind: 'manifest' | 'marker';
  readonly path: string;
  /** From 1; undefined when it cannot be told. */
  readonly line: number | undefined;
  /** Half a sentence. */
  readonly reason: string;
  /** What names the policies that it concerns: the comment, or the whole file. */
  readonly text: string;
}

/** `path:line: reason`. */
export function formatFault({ path, line, reason }: Fault): string {
  return `${path}${line === undefined ? '' : `:${line}`}: ${reason}`;
}

/**
 * If a fault stands in the way of a policy: its text holds `namespace:name`, or, in a marker, the name without any namespace.
 * `shop:ui-next` and `dev:ui` do not speak of `shop:ui`.
 */
export function concerns({ kind, text }: Fault, policy: PolicyName): boolean {
  if (holdsWord(text, formatPolicyName(policy))) return true;
  return kind === 'marker' && holdsWord(text, policy.name, /[a-z0-9.:$-]/);
}

function holdsWord(text: string, word: string, joinedBefore = /[a-z0-9.-]/): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const isStart = !joinedBefore.test(text[at - 1] ?? '');
    const isEnd = !/[a-z0-9.-]/.test(text[at + word.length] ?? '');
    if (isStart && isEnd) return true;
  }
  return false;
}
