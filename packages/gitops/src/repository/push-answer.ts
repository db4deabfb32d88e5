import { ActionError } from '@eks-gitops/errors';
import { explainFailure } from './failure.ts';
import type { GitOutput } from './git.ts';

/**
 * What became of a push. `moved`: the branch's head is another one than the push expected; when the commit was `sent`, that may be our
 * own, since curl repeats a request whose connection broke. `unclear`: the connection broke for good, and the push may have landed.
 */
export type PushAnswer =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'moved'; readonly sent: boolean }
  | { readonly kind: 'unclear'; readonly error: ActionError };

export interface PushQuestion {
  readonly output: GitOutput;
  readonly url: string;
  readonly branch: string;
  /** What was pushed: the server's answer must speak of it. */
  readonly commit: string;
}

/** Reasons in brackets that mean that somebody else was faster: git's own, and those of servers (Gerrit says "lock failure"). */
const movedReasons =
  /^\[rejected\]|cannot lock ref|failed to (?:lock|update ref)|incorrect old value|reference already exists|lock failure|but expected/i;

/** Fast-forward, new branch, replaced branch (of our own commits), as it was already. */
const accepted = [' ', '*', '+', '='];

/** Reads `git push --porcelain` (git-push(1), "Output"). Throws GIT_REJECTED, GIT_DENIED, GIT_UNREACHABLE or GIT_FAILED. */
export function readPushAnswer(question: PushQuestion): PushAnswer {
  const { output, url, branch, commit } = question;
  const line = output.stdout.split('\n').find(text => text.includes(`\t${commit}:refs/heads/${branch}\t`));
  const [flag, , summary = ''] = line?.split('\t') ?? [];
  if (output.exitCode === 0 && flag !== undefined && accepted.includes(flag)) return { kind: 'accepted' };
  if (flag === '!' && movedReasons.test(summary)) {
    return { kind: 'moved', sent: summary.startsWith('[remote rejected]') };
  }
  if (flag === '!' && summary.startsWith('[remote rejected]')) throw rejected({ ...question, summary });
  const { transient, error } = explainFailure({ output, url, doing: 'push to' });
  if (transient) return { kind: 'unclear', error };
  throw error;
}

function rejected({ output, url, branch, summary }: PushQuestion & { readonly summary: string }): ActionError {
  const guarded = /protected branch|GH006|GH013|rule violations|protected branches/i.test(`${output.stderr} ${summary}`);
  return new ActionError({
    code: 'GIT_REJECTED',
    message: `The server refused the commit to ${branch} of ${url}.`,
    found: summary,
    likely: guarded ? 'the branch is protected' : 'a hook or a rule of the server',
    remedy: guarded
      ? 'Let the identity of this step pass the rule, or use a pull request.'
      : 'See the server’s words above, and change the commit or the rule.',
    detail: output.stderr,
  });
}
