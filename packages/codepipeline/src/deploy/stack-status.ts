/**
 * What can be done about a stack as it is:
 * `absent`: made by a change set of the type CREATE. `reviewed`: it exists by name only, for a change set that was never executed.
 * `busy`: followed until it is something else. `settled`: updated. `rolled-back`: its creation failed and was undone; it can only be
 * deleted. `stuck`: it takes a person first.
 */
export type StackCondition = 'absent' | 'reviewed' | 'busy' | 'settled' | 'rolled-back' | 'stuck';

/** "Stack status codes": https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html */
export function conditionOf(status: string | undefined): StackCondition {
  switch (status) {
    case undefined:
    case 'DELETE_COMPLETE':
      return 'absent';
    case 'REVIEW_IN_PROGRESS':
      return 'reviewed';
    case 'CREATE_COMPLETE':
    case 'UPDATE_COMPLETE':
    case 'UPDATE_ROLLBACK_COMPLETE':
    case 'IMPORT_COMPLETE':
    case 'IMPORT_ROLLBACK_COMPLETE':
      return 'settled';
    case 'ROLLBACK_COMPLETE':
      return 'rolled-back';
    default:
      return status.endsWith('_IN_PROGRESS') ? 'busy' : 'stuck';
  }
}

/** Whether CloudFormation does nothing more by itself; UPDATE_COMPLETE_CLEANUP_IN_PROGRESS still removes what was replaced. */
export function hasEnded(status: string): boolean {
  return !status.endsWith('_IN_PROGRESS');
}

/** What a person has to do about a stack that no change set gets further, with the page that says so. */
export function wayOut(status: string, { stack, region }: { stack: string; region: string }): string {
  const command = (words: string): string => `aws cloudformation ${words} --stack-name ${stack} --region ${region}`;
  switch (status) {
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-continueupdaterollback.html
    case 'UPDATE_ROLLBACK_FAILED':
      return `Remove what is in the way, then run ${command('continue-update-rollback')} (with --resources-to-skip for what is not there any more), and run this step again: it follows the rollback.`;
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html
    case 'CREATE_FAILED':
    case 'UPDATE_FAILED':
      return `Run ${command('rollback-stack')}, and this step again: it follows the rollback.`;
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html#troubleshooting-errors-delete-stack-fails
    case 'ROLLBACK_FAILED':
    case 'DELETE_FAILED':
      return 'Remove what is in the way, run this step with the operation delete, and then again to make the stack anew.';
    case 'IMPORT_ROLLBACK_FAILED':
      return `Look at the stack in the console: an import that was started elsewhere could not be undone. Its events: ${command('describe-stack-events')}`;
    default:
      return `Look at the stack in the console. Its events: ${command('describe-stack-events')}`;
  }
}
