import type { StackResourceSummary } from '@aws-sdk/client-cloudformation';
import { dataLossRefused } from './failure.ts';
import { dataLosses, type ResourceChange } from './resource-changes.ts';
import { idOf, removeStack, type StackPlace, settledStack } from './settle-stack.ts';
import { conditionOf } from './stack-status.ts';
import { deployedTemplate, noTemplate, type TemplateDocument } from './template-document.ts';

export interface DeletionRequest extends StackPlace {
  readonly dryRun: boolean;
  readonly allowDataLoss: boolean;
  readonly onPlan: (changes: readonly ResourceChange[]) => void;
}

export interface DeletedStack {
  readonly status: 'deleted' | 'absent' | 'planned';
  /** What goes, and what stays in the account. */
  readonly changes: readonly ResourceChange[];
  readonly id: string;
}

/**
 * Deletes the stack, whatever it was left as; one that is not there is deleted. Throws DATA_LOSS before anything was touched, STACK_FAILED with
 * the first resource that would not go, STACK_FOREIGN, TIMED_OUT, CANCELLED, and what `openCloudFormation` says.
 */
export async function deleteStack(request: DeletionRequest): Promise<DeletedStack> {
  const { cloudFormation, name, dryRun, allowDataLoss, onPlan } = request;
  const stack = await settledStack(request);
  const condition = conditionOf(stack?.StackStatus);
  if (stack === undefined || condition === 'absent') return { status: 'absent', changes: [], id: '' };
  const id = idOf(stack);
  const template = condition === 'reviewed' ? noTemplate : deployedTemplate(await cloudFormation.templateOf(id), name);
  const changes = removals(await cloudFormation.resourcesOf(id), template);
  onPlan(changes);
  if (dryRun) return { status: 'planned', changes, id };
  const losses = dataLosses(changes);
  if (losses.length > 0 && !allowDataLoss) throw dataLossRefused(losses, { stack: name });
  await removeStack(request, stack);
  return { status: 'deleted', changes, id };
}

/** What deleting a stack does to each resource that it has, by the template's DeletionPolicy. */
export function removals(resources: readonly StackResourceSummary[], { Resources }: TemplateDocument): readonly ResourceChange[] {
  return resources.flatMap(({ LogicalResourceId: id = '', PhysicalResourceId = '', ResourceType: type = '', ResourceStatus }) => {
    if (ResourceStatus === 'DELETE_COMPLETE') return [];
    const kept = /^Retain/.test(Resources[id]?.DeletionPolicy ?? '');
    return [{ kind: 'remove', type, id, physicalId: PhysicalResourceId, kept, where: [] } as const];
  });
}

/** How to delete, by hand and with all that it holds, what a stack has left in the account. */
export function removalCommand({ type, physicalId }: ResourceChange, region: string): string | undefined {
  switch (type) {
    case 'AWS::ECR::Repository':
      return `aws ecr delete-repository --force --repository-name ${physicalId} --region ${region}`;
    case 'AWS::S3::Bucket':
      return `empty the bucket ${physicalId} in the console (all versions), then: aws s3api delete-bucket --bucket ${physicalId} --region ${region}`;
    case 'AWS::CodeCommit::Repository':
      return `aws codecommit delete-repository --repository-name ${physicalId} --region ${region}`;
    case 'AWS::KMS::Key':
      return `aws kms schedule-key-deletion --pending-window-in-days 7 --key-id ${physicalId} --region ${region}`;
    default:
      return undefined;
  }
}
