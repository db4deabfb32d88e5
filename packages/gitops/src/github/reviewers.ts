import { z } from 'zod';
import type { GitHubTarget } from './client.ts';
import type { OpenPullRequest } from './pull-request.ts';

export interface ReviewersRequest {
  readonly pull: OpenPullRequest;
  /** Users, and teams as `org/team`. */
  readonly reviewers: readonly string[];
}

/**
 * Asks for reviews where nobody has been asked and nobody has reviewed; who has reviewed is no longer asked, and would be asked again by
 * every run. Gives notices for what GitHub does not take: reviewers who are no collaborators, or the author.
 */
export async function requestReviewers(target: GitHubTarget, { pull, reviewers }: ReviewersRequest): Promise<readonly string[]> {
  if (reviewers.length === 0 || isAsked(pull) || (await isReviewed(target, pull))) return [];
  const { github, repository } = target;
  const call = {
    request: 'POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers',
    parameters: {
      owner: repository.owner,
      repo: repository.name,
      pull_number: pull.number,
      ...splitReviewers(reviewers),
    },
    purpose: `ask for reviews of the pull request #${pull.number} of ${repository.owner}/${repository.name}`,
    permission: 'pull_requests=write',
    answer: z.unknown(),
  };
  // Asking twice before anybody has reviewed is asking once.
  const outcome = await github.settle(call, async () => undefined);
  if (outcome.kind === 'answer') return [];
  if (outcome.kind === 'unclear' || outcome.refusal.status !== 422) throw outcome.error;
  return [
    `No review of the pull request #${pull.number} was asked for: ${outcome.refusal.words.join(' ')} ` +
      'Name users and teams that have access to the repository, and not the author of the pull request.',
  ];
}

/** As the REST API takes them; a team by its slug, the organization is the repository's. */
export function splitReviewers(reviewers: readonly string[]): { reviewers: string[]; team_reviewers: string[] } {
  return {
    reviewers: reviewers.filter(name => !name.includes('/')),
    team_reviewers: reviewers.filter(name => name.includes('/')).map(name => name.slice(name.indexOf('/') + 1)),
  };
}

function isAsked({ requested_reviewers, requested_teams }: OpenPullRequest): boolean {
  return (requested_reviewers ?? []).length + (requested_teams ?? []).length > 0;
}

async function isReviewed({ github, repository }: GitHubTarget, { number }: OpenPullRequest): Promise<boolean> {
  const reviews = await github.ask({
    request: 'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews',
    parameters: { owner: repository.owner, repo: repository.name, pull_number: number },
    purpose: `list the reviews of the pull request #${number} of ${repository.owner}/${repository.name}`,
    permission: 'pull_requests=read',
    answer: z.array(z.unknown()),
  });
  return reviews.length > 0;
}
