import type { Log } from '@eks-gitops/action';
import { ActionError } from '@eks-gitops/errors';
import { type Edit, type EditTree, formatPolicyName, type PolicyName, type Tree } from '@eks-gitops/gitops';
import { editMarkers, formatFault, type Manifest, type MarkerEdit, scanManifests } from '@eks-gitops/gitops/markers';
import {
  coveringAutomations,
  type FluxObjects,
  findPolicy,
  fluxObjectTokens,
  type ImagePolicy,
  orderTags,
  readFluxObjects,
  releaseTagOrder,
  type TagOrder,
  type TagRule,
} from '@eks-gitops/gitops/policies';
import { commitMessage, type MessageFacts } from './message.ts';
import { previousReferences } from './previous.ts';
import { formatImage, type TaggedImage, type Target } from './target.ts';
import { judge, type Verdict } from './verdicts.ts';

export interface BumpPlan {
  readonly targets: readonly Target[];
  /** Where the markers are, and where Flux's objects; relative to the repository's root. */
  readonly path: string;
  readonly fluxPath: string;
  readonly pinDigest: 'auto' | 'true' | 'false';
  readonly onOlder: 'skip' | 'fail' | 'replace';
  /** For policies that the repository does not hold. */
  readonly rule: TagRule | undefined;
  readonly message: string;
  readonly source: Omit<MessageFacts, 'updates'>;
  readonly log: Pick<Log, 'notice'>;
  readonly signal: AbortSignal;
}

/** What the markers of one policy named, and name now. */
export interface PolicyChange {
  readonly policy: PolicyName;
  readonly previous: readonly string[];
  readonly updated: string;
  /** A newer image was found, and stays. */
  readonly superseded: boolean;
}

/** The edit of a GitOps repository that writes the images at their markers; decided anew on every head. */
export function bumpEdit(plan: BumpPlan): EditTree<readonly PolicyChange[]> {
  return async tree => {
    const [manifests, flux] = await Promise.all([scan(plan, tree), readFlux(plan, tree)]);
    for (const unread of unreadAutomations(flux)) plan.log.notice(unread);
    const policies = plan.targets.map(target => judgePolicy(plan, { target, manifests, flux }));
    const written = policies.filter(({ verdict }) => verdict.kind === 'write');
    for (const one of written) refuseTwoWriters(one, flux);
    const changes = written.length === 0 ? [] : editMarkers({ manifests, images: written.map(imageOf) }).changes;
    return {
      changes,
      message: messageOf(plan, written.length === 0 ? policies : written),
      result: policies.map(changeOf),
    } satisfies Edit<readonly PolicyChange[]>;
  };
}

export function scan({ path, signal }: BumpPlan, { root }: Tree): Promise<Manifest[]> {
  return scanManifests({ root, path, signal });
}

export async function readFlux({ fluxPath: path, signal }: BumpPlan, { root }: Tree): Promise<FluxObjects> {
  return readFluxObjects(await scanManifests({ root, path, tokens: fluxObjectTokens, signal }));
}

/** What may hold an automation that writes the same markers, and cannot be told. */
function unreadAutomations({ malformed, faults }: FluxObjects): string[] {
  const objects = malformed.filter(({ objectKind }) => objectKind === 'ImageUpdateAutomation');
  return [
    ...objects.map(({ path, line, reason }) => `An ImageUpdateAutomation is passed over: ${path}:${line}: ${reason}`),
    ...faults.map(fault => `A manifest with objects of Flux is passed over: ${formatFault(fault)}`),
  ];
}

export interface JudgedPolicy {
  readonly target: Target;
  readonly pin: boolean;
  readonly object: ImagePolicy | undefined;
  readonly edits: readonly MarkerEdit[];
  readonly verdict: Verdict;
}

export interface PolicyQuestion {
  readonly target: Target;
  readonly manifests: readonly Manifest[];
  readonly flux: FluxObjects;
}

export function judgePolicy(plan: BumpPlan, { target, manifests, flux }: PolicyQuestion): JudgedPolicy {
  const object = findPolicy(flux, target.policy);
  const pin = isPinned({ plan, target, object });
  const { edits, notices } = editMarkers({ manifests, images: [imageOf({ target, pin })] });
  for (const fault of notices) plan.log.notice(formatFault(fault));
  const verdict = judge({ image: target.image, order: orderOf(plan, object), edits });
  return { target, pin, object, edits, verdict: settle(plan, target, verdict) };
}

interface PinQuestion {
  readonly plan: BumpPlan;
  readonly target: Target;
  readonly object: ImagePolicy | undefined;
}

/** Whether references are written with the digest. Throws INPUT_MISSING when they are to be, and there is none. */
function isPinned({ plan: { pinDigest }, target: { policy, image }, object }: PinQuestion): boolean {
  const reflection = object?.digestReflectionPolicy ?? 'Never';
  const pin = pinDigest === 'auto' ? reflection !== 'Never' : pinDigest === 'true';
  if (!pin || image.digest !== undefined) return pin;
  throw new ActionError({
    code: 'INPUT_MISSING',
    message: `The digest of ${formatImage(image)} is not known.`,
    expected:
      pinDigest === 'true'
        ? 'a digest, since pin-digest is true'
        : `a digest, since the ImagePolicy ${formatPolicyName(policy)} has digestReflectionPolicy ${reflection}`,
    found: 'a tag alone',
    remedy:
      'give image as REPOSITORY:TAG@DIGEST, or the record, or let the registry be asked (verify-image: true), or set pin-digest: false',
  });
}

function orderOf({ rule }: BumpPlan, object: ImagePolicy | undefined): TagOrder {
  if (object !== undefined) return orderTags(object.rule);
  return rule === undefined ? releaseTagOrder : orderTags(rule);
}

/** What `on-older` makes of a verdict. Throws IMAGE_OLDER and TAG_NOT_SELECTED. */
function settle({ onOlder, log }: BumpPlan, { policy, image }: Target, verdict: Verdict): Verdict {
  const name = formatPolicyName(policy);
  if (verdict.kind === 'write') {
    if (verdict.notice !== undefined) log.notice(verdict.notice);
    return verdict;
  }
  if (onOlder === 'replace') return { kind: 'write' };
  if (verdict.kind === 'not-selected') {
    throw new ActionError({
      code: 'TAG_NOT_SELECTED',
      message: `The ImagePolicy ${name} does not select the tag ${image.tag}.`,
      found: verdict.why,
      likely: 'its filterTags.pattern or its range is for tags of another kind',
      remedy: 'correct the policy or the tag, or write it nevertheless with on-older: replace',
    });
  }
  if (onOlder === 'skip') {
    log.notice(`${name} names ${verdict.newest} already, which is newer than ${image.tag}: it stays.`);
    return verdict;
  }
  throw new ActionError({
    code: 'IMAGE_OLDER',
    message: `The repository names a newer image of ${name} than ${formatImage(image)}.`,
    found: verdict.newest,
    likely: 'a newer commit has been released meanwhile',
    remedy: 'nothing, if that is right; to go back on purpose, use on-older: replace',
  });
}

function imageOf({ target: { policy, image }, pin }: Pick<JudgedPolicy, 'target' | 'pin'>) {
  return { policy, ...image, pin };
}

/** As it is written. */
function writtenImage({ target: { image }, pin }: JudgedPolicy): TaggedImage {
  return pin ? image : { name: image.name, tag: image.tag };
}

function refuseTwoWriters({ target: { policy }, object, edits }: JudgedPolicy, { automations }: FluxObjects): void {
  const paths = [...new Set(edits.map(({ path }) => path))];
  const [covering] = coveringAutomations({ automations, policy: { namespace: policy.namespace, labels: object?.labels }, paths });
  if (covering === undefined) return;
  throw new ActionError({
    code: 'TWO_WRITERS',
    message: `Flux writes the markers of ${formatPolicyName(policy)} by itself.`,
    found: `ImageUpdateAutomation ${covering.name}, in ${covering.path}:${covering.line}`,
    likely: 'two writers would undo each other, and each would be right by its own rule',
    remedy:
      'Either let Flux commit: leave this step out, and wait with flux-reconcile. Or let this action commit: remove that object, or set spec.suspend: true in it.',
  });
}

/** Without anything to write, what would have been: by its trailers a pull request of ours is known. */
function messageOf({ message, source }: BumpPlan, written: readonly JudgedPolicy[]): string {
  const updates = written.map(one => ({ policy: one.target.policy, image: writtenImage(one) }));
  return commitMessage(message, { ...source, updates });
}

function changeOf(judged: JudgedPolicy): PolicyChange {
  const { target, edits, verdict } = judged;
  const { policy, image, isAhead = false } = target;
  const previous = previousReferences(edits);
  const updated = verdict.kind === 'older' ? `${image.name}:${verdict.newest}` : formatImage(writtenImage(judged));
  return { policy, previous, updated, superseded: isAhead || verdict.kind === 'older' };
}
