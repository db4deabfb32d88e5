import { CfnDeletionPolicy, type CfnResource } from 'aws-cdk-lib/core';

/** Keeps data when the stack is deleted or the resource replaced, but not when its creation is rolled back. */
export function keep({ cfnOptions }: CfnResource): void {
  cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE;
  cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
}
