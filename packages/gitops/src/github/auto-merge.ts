import { z } from 'zod';
import type { GitHubTarget } from './client.ts';
import type { OpenPullRequest } from './pull-request.ts';

export type MergeMethod = 'merge' | 'squash' | 'rebase';

export interface AutoMergeRequest {
  readonly pull: OpenPullRequest;
  readonly method: MergeMethod;
}

/**
 * Lets a pull request merge by itself once its requirements are met, by GraphQL's enablePullRequestAutoMerge. Where GitHub does not take
 * it (UNPROCESSABLE: not allowed for the repository, or nothing to wait for), that is a notice with what to do.
 */
export async function enableAutoMerge(target: GitHubTarget, { pull, method }: AutoMergeRequest): Promise<readonly string[]> {
  if (pull.auto_merge !== null) return [];
  const call = {
    request: `mutation autoMerge($input: EnablePullRequestAutoMergeInput!) {
      enablePullRequestAutoMerge(input: $input) { pullRequest { number } }
    }`,
    parameters: { input: { pullRequestId: pull.node_id, mergeMethod: method.toUpperCase() } },
    purpose: `enable auto-merge for the pull request #${pull.number} of ${target.repository.owner}/${target.repository.name}`,
    permission: 'contents=write,pull_requests=write',
    answer: z.unknown(),
  };
  // Enabling it twice is enabling it once.
  const outcome = await target.github.settle(call, async () => undefined);
  if (outcome.kind === 'answer') return [];
  if (outcome.kind === 'unclear' || !outcome.refusal.types.includes('UNPROCESSABLE')) throw outcome.error;
  return [autoMergeNotice({ number: pull.number, words: outcome.refusal.words })];
}

/** GitHub's words as seen in peter-evans/enable-pull-request-automerge issues 343, 355 and 822. */
export function autoMergeNotice({ number, words }: { number: number; words: readonly string[] }): string {
  const text = words.join(' ');
  return `The pull request #${number} will not merge by itself: ${text}. ${adviceFor(text)}`;
}

function adviceFor(text: string): string {
  if (/not allowed for this repository/i.test(text)) {
    return 'Allow auto-merge in the repository’s settings (General, Pull Requests).';
  }
  if (/clean status|unstable status|rules not configured/i.test(text)) {
    return 'Nothing required is pending: merge it by hand, or require a check or a review on the base branch.';
  }
  return 'Merge it by hand, or look at the repository’s settings for pull requests.';
}
