import { ActionError } from '@eks-gitops/errors';
import { z } from 'zod';
import type { Cluster } from '../cluster.ts';
import { type FluxObject, readFluxObject } from './flux-object.ts';
import { judgeObject } from './judge-object.ts';
import { type FluxName, formatFluxName, resourcesIn } from './kinds.ts';
import { sourceName } from './plan-dependencies.ts';
import { reconcileObject } from './reconcile-object.ts';
import { parseRevision } from './revision.ts';
import type { FluxSession } from './session.ts';
import type { Verdict } from './verdict.ts';

const named = z.object({ metadata: z.object({ name: z.string() }) });

/**
 * The automations beside a policy, in whose namespace they have to be, that write to the source. Throws OBJECT_MISSING when there is none.
 * Source: image-automation-controller, getPolicies.
 */
export async function automationsBeside(
  cluster: Cluster,
  policy: FluxName,
  sources: readonly FluxName[],
): Promise<readonly FluxName[]> {
  const kind = 'ImageUpdateAutomation';
  const keys = new Set(sources.map(formatFluxName));
  const found = await cluster.list(resourcesIn(kind, policy.namespace));
  const automations = found.flatMap(object => {
    const name = { kind, namespace: policy.namespace, name: named.parse(object).metadata.name } as const;
    const { spec } = readFluxObject(object, name);
    const source = sourceName(spec.sourceRef, policy.namespace);
    const writes = keys.size === 0 || (source !== undefined && keys.has(formatFluxName(source)));
    return writes ? [name] : [];
  });
  if (automations.length > 0) return automations;
  throw new ActionError({
    code: 'OBJECT_MISSING',
    message: `No ImageUpdateAutomation writes what ${formatFluxName(policy)} selects.`,
    expected: `one in ${policy.namespace}${sources.length === 0 ? '' : `, with the sourceRef ${sources.map(formatFluxName).join(' or ')}`}`,
    found: found.length === 0 ? 'none' : `${found.length} of another source`,
    remedy: 'give revision, if something else than Flux writes the tag; or set the automation up with setup-flux-image',
  });
}

export interface AutomationsRequest {
  readonly automations: readonly FluxName[];
  readonly policy: FluxName;
  readonly tag: string;
}

/**
 * Has automations write what a policy selects, and gives a commit whose files name the tag: the automation's own, or the head of the
 * branch that needed no change. The first that has done it counts, since which of them covers the policy is known to it alone. Throws as `reconcileObject` does, and REVISION_NOT_FETCHED when it writes to a branch that its source does not follow.
 */
export async function reconcileAutomations(session: FluxSession, request: AutomationsRequest): Promise<string> {
  const done = new AbortController();
  const rest = { ...session, signal: AbortSignal.any([session.signal, done.signal]) };
  try {
    return await Promise.any(request.automations.map(name => reconcileAutomation(rest, { ...request, name })));
  } catch (thrown) {
    throw thrown instanceof AggregateError ? thrown.errors[0] : thrown;
  } finally {
    done.abort();
  }
}

interface AutomationRequest extends AutomationsRequest {
  readonly name: FluxName;
}

async function reconcileAutomation(session: FluxSession, { name, policy, tag }: AutomationRequest): Promise<string> {
  const judge = async (object: FluxObject): Promise<Verdict<string>> => {
    const verdict = judgeObject(object, name, session.requestedAt);
    if (verdict.kind !== 'done') return verdict;
    const { observedPolicies, observedSourceRevision = '' } = object.status;
    const seen = observedPolicies[policy.name];
    if (seen?.tag !== tag) {
      return {
        kind: 'waiting',
        why: `waiting for it to see that ${formatFluxName(policy)} selects ${tag}; it saw ${seen?.tag ?? 'no such policy'}`,
      };
    }
    const observed = parseRevision(observedSourceRevision);
    if (observed === undefined) return { kind: 'waiting', why: 'waiting for it to read the branch' };
    const branch = object.spec.git?.push?.branch ?? observed.reference;
    if (branch !== observed.reference) return { kind: 'failed', error: otherBranch(name, branch, observed.reference) };
    return { ...verdict, value: observed.hash };
  };
  return reconcileObject(session, { name, judge, revisionOf: commit => commit });
}

function otherBranch(name: FluxName, branch: string | undefined, followed: string | undefined): ActionError {
  return new ActionError({
    code: 'REVISION_NOT_FETCHED',
    message: `${formatFluxName(name)} writes to a branch that its source does not follow.`,
    expected: followed,
    found: branch,
    remedy: 'merge that branch, and give the commit of the merge as revision',
  });
}
