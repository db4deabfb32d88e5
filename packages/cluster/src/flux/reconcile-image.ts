import { ActionError } from '@eks-gitops/errors';
import type { FluxObject } from './flux-object.ts';
import type { NamedImage } from './image-named.ts';
import { judgeObject } from './judge-object.ts';
import { type FluxName, formatFluxName } from './kinds.ts';
import { reconcileObject } from './reconcile-object.ts';
import type { FluxSession } from './session.ts';
import type { Verdict } from './verdict.ts';

/** What a policy chose from, for telling why it did not choose a tag. */
export interface Selection {
  readonly tag: string;
  readonly selected: string;
  readonly policy: FluxName;
  readonly filterTags: { readonly pattern: string; readonly extract: string } | undefined;
  /** `spec.policy` of the ImagePolicy. */
  readonly order: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly exclusionList: readonly string[];
  readonly scan: Scan;
}

export interface Scan {
  readonly tagCount: number;
  /** The last ten by alphabet. */
  readonly latestTags: readonly string[];
}

export interface ScannedRepository {
  readonly scan: Scan;
  readonly exclusionList: readonly string[];
}

/** Has an image repository scanned anew. Throws as `reconcileObject` does. */
export async function reconcileImageRepository(session: FluxSession, name: FluxName): Promise<ScannedRepository> {
  const judge = async (object: FluxObject): Promise<Verdict<ScannedRepository>> => {
    const verdict = judgeObject(object, name, session.requestedAt);
    const { lastScanResult: scan } = object.status;
    if (verdict.kind !== 'done') return verdict;
    if (scan === undefined) return { kind: 'waiting', why: 'waiting for a first scan' };
    return { ...verdict, value: { scan, exclusionList: object.spec.exclusionList } };
  };
  return reconcileObject(session, { name, judge, revisionOf: ({ scan }) => `${scan.tagCount} tags` });
}

export interface PolicyRequest {
  readonly name: FluxName;
  readonly image: NamedImage & { readonly tag: string };
  readonly scanned: ScannedRepository;
  /** Tells why a policy has not chosen the tag, in half a sentence. */
  readonly explain: (selection: Selection) => Promise<string>;
}

/**
 * Has a policy choose among the tags that were scanned. Throws as `reconcileObject` does, and POLICY_SELECTED_OTHER when it has chosen
 * another tag of a scan that holds all tags from before our request.
 */
export async function reconcileImagePolicy(session: FluxSession, request: PolicyRequest): Promise<void> {
  const { name, image, scanned } = request;
  const judge = async (object: FluxObject): Promise<Verdict<string>> => {
    const verdict = judgeObject(object, name, session.requestedAt);
    if (verdict.kind !== 'done') return verdict;
    const { latestRef } = object.status;
    if (latestRef === undefined) return { kind: 'waiting', why: 'waiting for the policy to choose a tag' };
    if (latestRef.tag === image.tag) return { ...verdict, value: `${latestRef.name}:${latestRef.tag}` };
    const { filterTags, policy: order = {} } = object.spec;
    const selection = { tag: image.tag, selected: latestRef.tag, policy: name, filterTags, order, ...scanned };
    return { kind: 'failed', error: selectedOther(selection, await request.explain(selection)) };
  };
  await reconcileObject(session, { name, judge, revisionOf: reference => reference });
}

/** Whether a scan holds a tag: it keeps the last ten by alphabet, so that one before those stays unknown. */
export function isInScan({ tagCount, latestTags }: Scan, tag: string): boolean | undefined {
  if (latestTags.includes(tag)) return true;
  const first = latestTags.toSorted()[0];
  return tagCount <= latestTags.length || first === undefined || tag > first ? false : undefined;
}

function selectedOther({ tag, selected, policy }: Selection, why: string): ActionError {
  return new ActionError({
    code: 'POLICY_SELECTED_OTHER',
    message: `${formatFluxName(policy)} has selected another tag.`,
    expected: tag,
    found: selected,
    likely: why,
  });
}
