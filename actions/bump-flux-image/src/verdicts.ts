import type { MarkerEdit } from '@eks-gitops/gitops/markers';
import { judgeTag, type TagOrder } from '@eks-gitops/gitops/policies';
import { splitReference } from './previous.ts';
import type { TaggedImage } from './target.ts';

/** What becomes of the markers of one policy. */
export type Verdict =
  | { readonly kind: 'write'; readonly notice?: string }
  /** The repository names a newer image. */
  | { readonly kind: 'older'; readonly newest: string }
  | { readonly kind: 'not-selected'; readonly why: string };

export interface Judgement {
  readonly image: TaggedImage;
  readonly order: TagOrder;
  /** The markers of the policy with what they name now. */
  readonly edits: readonly MarkerEdit[];
}

/**
 * Compares the image with what the markers name now. One place that names a newer tag is enough to be older; tags of another
 * repository are not compared, and one that the policy would not select is replaced.
 */
export function judge({ image, order, edits }: Judgement): Verdict {
  const names = edits.flatMap(nameIn);
  const comparable = names.length === 0 || names.includes(image.name);
  const currents = comparable ? edits.flatMap(tagIn) : [];
  const verdicts = currents.map(current => ({ current, ...judgeTag({ current, next: image.tag, order }) }));
  if (!order.selects(image.tag)) return { kind: 'not-selected', why: `${order.meaning}, which leaves it out` };
  const newer = verdicts.find(({ kind }) => kind === 'older');
  if (newer !== undefined) return { kind: 'older', newest: newer.current };
  const [unknown] = verdicts.flatMap(verdict => (verdict.kind === 'incomparable' ? [verdict] : []));
  return unknown === undefined
    ? { kind: 'write' }
    : {
        kind: 'write',
        notice: `${unknown.current} is replaced by ${image.tag}, and which of them is newer is not known: ${unknown.why}.`,
      };
}

function nameIn({ form, previous }: MarkerEdit): string[] {
  if (form === 'name') return [previous];
  return form === 'reference' ? [splitReference(previous).name] : [];
}

function tagIn({ form, previous }: MarkerEdit): string[] {
  const tag = form === 'tag' ? previous : form === 'reference' ? splitReference(previous).tag : '';
  return tag === '' ? [] : [tag];
}
