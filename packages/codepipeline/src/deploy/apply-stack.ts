import { randomUUID } from 'node:crypto';
import type { Stack } from '@aws-sdk/client-cloudformation';
import { toActionError } from '@eks-gitops/errors';
import { prepareChangeSet } from './change-set.ts';
import type { ChangeSet } from './cloudformation.ts';
import { dataLossRefused, permissionsRefused, stackFailed, stackStuck } from './failure.ts';
import { followStack, newestEvent } from './follow-stack.ts';
import { type PermissionChange, permissionChanges } from './permissions.ts';
import { additions, dataLosses, type ResourceChange, resourceChange } from './resource-changes.ts';
import { idOf, lastOperation, removeStack, type StackPlace, settledStack } from './settle-stack.ts';
import { conditionOf } from './stack-status.ts';
import { deployedTemplate, noTemplate, type TemplateDocument, templateDocument } from './template-document.ts';

/** What will happen, shown before it does. */
export interface Plan {
  /** `recreate`: what is left of a creation that failed is deleted first. */
  readonly kind: 'create' | 'recreate' | 'update' | 'nothing';
  readonly changes: readonly ResourceChange[];
  readonly permissions: readonly PermissionChange[];
}

export interface StackRequest extends StackPlace {
  readonly template: object;
  readonly dryRun: boolean;
  readonly allowPermissions: boolean;
  readonly allowDataLoss: boolean;
  readonly onPlan: (plan: Plan) => void;
}

export interface AppliedStack {
  readonly status: 'created' | 'updated' | 'unchanged' | 'planned';
  readonly plan: Plan;
  /** Empty for a stack that is not there. */
  readonly id: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** What is known before anything is done. */
interface Standing {
  readonly stack: Stack | undefined;
  readonly kind: 'create' | 'recreate' | 'update';
  readonly template: TemplateDocument;
  readonly permissions: readonly PermissionChange[];
}

/**
 * Makes a stack what its template says, whatever it was left as: made, updated, or made anew. Throws PERMISSIONS_CHANGE and DATA_LOSS
 * before anything was touched, STACK_FAILED with the first cause, STACK_STUCK, STACK_FOREIGN, CHANGES_INVALID, TIMED_OUT, CANCELLED, and what
 * `openCloudFormation` says.
 */
export async function applyStack(request: StackRequest): Promise<AppliedStack> {
  const standing = await standingOf(request);
  const refused = standing.permissions.length > 0 && !request.allowPermissions;
  if (standing.kind !== 'recreate') return change(standing, request);
  if (request.dryRun || refused) return onlyPlan(standing, request);
  if (standing.stack !== undefined) await removeStack(request, standing.stack);
  return change({ ...standing, stack: undefined }, request);
}

async function standingOf(request: StackRequest): Promise<Standing> {
  const { cloudFormation, name } = request;
  const stack = await settledStack(request);
  const template = templateDocument(request.template);
  const fresh = { stack, template, permissions: permissionChanges(noTemplate, template) };
  switch (conditionOf(stack?.StackStatus)) {
    case 'absent':
      return { ...fresh, stack: undefined, kind: 'create' };
    case 'reviewed':
      return { ...fresh, kind: 'create' };
    case 'rolled-back':
      deployedTemplate(await cloudFormation.templateOf(idOf(stack)), name);
      return { ...fresh, kind: 'recreate' };
    case 'settled': {
      const before = deployedTemplate(await cloudFormation.templateOf(idOf(stack)), name);
      return { stack, template, kind: 'update', permissions: permissionChanges(before, template) };
    }
    default: {
      const found: Stack = stack ?? { StackName: name, CreationTime: undefined, StackStatus: undefined };
      const place = { stack: name, region: cloudFormation.region };
      throw stackStuck(found.StackStatus ?? '', found.StackStatusReason, await lastOperation(request, found), place);
    }
  }
}

async function change(standing: Standing, request: StackRequest): Promise<AppliedStack> {
  const { cloudFormation, name, role, watch, dryRun, onPlan } = request;
  const type = standing.kind === 'update' ? 'UPDATE' : 'CREATE';
  const template = JSON.stringify(request.template);
  const set = await prepareChangeSet({ cloudFormation, stack: name, type, template, role, watch }).catch(async thrown => {
    if (toActionError(thrown).code === 'CHANGES_INVALID') await discardName(request);
    throw thrown;
  });
  if (set === undefined) return unchanged(standing, request);
  const plan: Plan = {
    kind: standing.kind,
    changes: set.changes.flatMap(one => resourceChange(one) ?? []),
    permissions: standing.permissions,
  };
  onPlan(plan);
  const refused = dryRun ? undefined : refusal(plan, request);
  if (!dryRun && refused === undefined) return execute({ set, plan }, request);
  await discard(set, request);
  if (refused !== undefined) throw refused;
  return planned(plan, standing);
}

/** Where no change set can be made without deleting the remains first, the template alone tells what comes. */
function onlyPlan(standing: Standing, request: StackRequest): AppliedStack {
  const plan: Plan = { kind: standing.kind, changes: additions(standing.template), permissions: standing.permissions };
  request.onPlan(plan);
  const refused = request.dryRun ? undefined : refusal(plan, request);
  if (refused !== undefined) throw refused;
  return planned(plan, standing);
}

function planned(plan: Plan, { stack }: Standing): AppliedStack {
  return { status: 'planned', plan, id: stack?.StackId ?? '', outputs: outputsOf(stack) };
}

function refusal({ permissions, changes }: Plan, { allowPermissions, allowDataLoss, name }: StackRequest): Error | undefined {
  const losses = dataLosses(changes);
  if (losses.length > 0 && !allowDataLoss) return dataLossRefused(losses, { stack: name });
  if (permissions.length > 0 && !allowPermissions) return permissionsRefused(permissions, { stack: name });
  return undefined;
}

async function unchanged({ stack }: Standing, { onPlan }: StackRequest): Promise<AppliedStack> {
  const plan: Plan = { kind: 'nothing', changes: [], permissions: [] };
  onPlan(plan);
  return { status: 'unchanged', plan, id: idOf(stack), outputs: outputsOf(stack) };
}

async function execute({ set, plan }: { set: ChangeSet; plan: Plan }, request: StackRequest): Promise<AppliedStack> {
  const { cloudFormation, name, watch } = request;
  const id = idOf(await cloudFormation.findStack(name));
  const after = await newestEvent(cloudFormation, id);
  await cloudFormation.execute(set.id, randomUUID());
  const followed = await followStack({ cloudFormation, stack: { name, id }, after, watch });
  const purpose = plan.kind === 'update' ? 'update' : 'create';
  if (!/^(?:CREATE|UPDATE)_COMPLETE$/.test(followed.status)) {
    throw stackFailed(followed, { purpose, stack: name, region: cloudFormation.region });
  }
  const outputs = outputsOf(await cloudFormation.findStack(id));
  return { status: purpose === 'update' ? 'updated' : 'created', plan, id, outputs };
}

/** Leaves nothing behind of a change that is not made: neither its change set nor a stack that was only there for it. */
async function discard(set: ChangeSet, request: StackRequest): Promise<void> {
  await request.cloudFormation.deleteChangeSet(set.id);
  await discardName(request);
}

/** A stack that exists by name only, for a change set that is gone. */
async function discardName({ cloudFormation, name, role }: StackRequest): Promise<void> {
  const stack = await cloudFormation.findStack(name);
  if (conditionOf(stack?.StackStatus) !== 'reviewed' || (await cloudFormation.hasChangeSets(idOf(stack)))) return;
  await cloudFormation.deleteStack(idOf(stack), { role, token: randomUUID() });
}

function outputsOf(stack: Stack | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries((stack?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
}
