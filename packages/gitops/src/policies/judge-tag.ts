import type { TagOrder } from './tag-order.ts';

/** What a tag is to the one that stands there. */
export type TagVerdict =
  | { readonly kind: 'newer' | 'same' | 'older' }
  /** `why`: half a sentence. */
  | { readonly kind: 'incomparable' | 'not-selected'; readonly why: string };

/** Judges the next tag against the current one. A tag that the order does not select is never newer. */
export function judgeTag({
  current,
  next,
  order,
}: {
  readonly current: string;
  readonly next: string;
  readonly order: TagOrder;
}): TagVerdict {
  if (next === current) return { kind: 'same' };
  if (!order.selects(next)) return { kind: 'not-selected', why: `${order.meaning}, which leaves ${next} out` };
  if (!order.selects(current)) return { kind: 'incomparable', why: `${order.meaning}, which leaves the current ${current} out` };
  const difference = order.compare(next, current);
  if (difference === undefined) return { kind: 'incomparable', why: order.meaning };
  if (difference === 0) return { kind: 'incomparable', why: `${order.meaning}, which holds ${current} and ${next} equal` };
  return { kind: difference > 0 ? 'newer' : 'older' };
}
