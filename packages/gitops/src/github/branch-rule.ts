import { ActionError } from '@eks-gitops/errors';
import type { Refusal } from './refusal.ts';

/**
 * GIT_REJECTED where a refusal is a protected branch or a ruleset, else undefined. GraphQL's type is BRANCH_PROTECTION_RULE_VIOLATION,
 * for rulesets another (Thinkmill/keystatic issue 1598); REST has the words alone.
 */
export function ruleError({ branch, refusal }: { branch: string; refusal: Refusal }): ActionError | undefined {
  const { types, words } = refusal;
  const named = types.some(type => type.includes('RULE'));
  const said = words.some(text => /rule violations|protected branch|must be made through a pull request/i.test(text));
  if (!named && !said) return undefined;
  return new ActionError({
    code: 'GIT_REJECTED',
    message: `GitHub does not take a commit on the branch ${branch}.`,
    likely: 'the branch is protected, or a ruleset demands a pull request or checks',
    remedy: 'Use mode: pull-request, or let the App or user whose token this is bypass the rule.',
    detail: words.join('\n'),
  });
}
