export { openAwsSession } from '../aws/session.ts';
export { pipelineUrl } from '../follow/console-url.ts';
export { stackOutputs } from '../names.ts';
export { type AppliedStack, applyStack, type Plan, type StackRequest } from './apply-stack.ts';
export { type CloudFormation, type CloudFormationOptions, openCloudFormation } from './cloudformation.ts';
export { type DeletedStack, type DeletionRequest, deleteStack, removalCommand } from './delete-stack.ts';
export type { Watch } from './follow-stack.ts';
export { type PermissionChange, permissionLines } from './permissions.ts';
export { changeLine, type ResourceChange } from './resource-changes.ts';
