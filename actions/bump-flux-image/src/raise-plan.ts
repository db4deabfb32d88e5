import type { Tree } from '@eks-gitops/gitops';
import type { MarkerEdit } from '@eks-gitops/gitops/markers';
import { type BumpPlan, judgePolicy, readFlux, scan } from './edit.ts';
import { splitReference } from './previous.ts';
import type { TaggedImage } from './target.ts';

/**
 * The same plan, with the images that another tree names in the place of ours where they are newer: so that an open pull request of
 * several policies goes on in each of them and back in none.
 */
export async function raisePlan(plan: BumpPlan, ahead: Tree): Promise<BumpPlan> {
  const [manifests, flux] = await Promise.all([scan(plan, ahead), readFlux(plan, ahead)]);
  const silent: BumpPlan = {
    ...plan,
    onOlder: plan.onOlder === 'fail' ? 'skip' : plan.onOlder,
    log: { notice: () => undefined },
  };
  const targets = plan.targets.map(target => {
    const { verdict, edits } = judgePolicy(silent, { target, manifests, flux });
    if (verdict.kind !== 'older') return target;
    return { ...target, image: imageAt(edits, { ...target.image, tag: verdict.newest }), isAhead: true };
  });
  return { ...plan, targets };
}

/** The image of a newer tag, with the digest that is written with it. */
function imageAt(edits: readonly MarkerEdit[], { name, tag }: TaggedImage): TaggedImage {
  const digests = edits.flatMap(({ form, previous }) => {
    if (form === 'digest') return [previous];
    const parts = splitReference(previous);
    return form === 'reference' && parts.tag === tag ? [parts.digest] : [];
  });
  const digest = digests.find(text => text !== '');
  return digest === undefined ? { name, tag } : { name, tag, digest };
}
