import { ActionError, type Failure } from '@eks-gitops/errors';
import type { Refusal } from './refusal.ts';

/** What was asked of GitHub, in words that fit into a message. */
export interface Purpose {
  /** The host of the API. */
  readonly host: string;
  /** For example `open a pull request in octo/gitops`. */
  readonly purpose: string;
  /** What a token needs for it, named when GitHub does not name it: `contents=write`. */
  readonly permission: string;
}

/** Turns a refusal into an error that a user can act on; GitHub's own words are its detail. */
export function refusalError(asked: Purpose, refusal: Refusal): ActionError {
  const { status, types, words } = refusal;
  const kind = status === 200 ? (types[0] ?? 'a GraphQL error') : `HTTP ${status}`;
  const [first = ''] = words;
  const found = first === '' ? kind : `${kind}: ${first}`;
  return new ActionError({ found, ...explain(asked, refusal), detail: words.length > 1 ? words.join('\n') : undefined });
}

function explain({ host, purpose, permission }: Purpose, refusal: Refusal): Failure {
  switch (meaningOf(refusal)) {
    case 'unauthorized':
      return {
        code: 'GITHUB_DENIED',
        message: `${host} refused the token: could not ${purpose}.`,
        likely: 'the token is wrong, or has expired or been revoked',
      };
    case 'forbidden':
      return {
        code: 'GITHUB_DENIED',
        message: `${host} did not allow it: could not ${purpose}.`,
        expected: `a token with ${describePermissions(refusal.headers['x-accepted-github-permissions'] ?? permission)}`,
        ...forbiddenAdvice(refusal),
      };
    case 'hidden':
      return {
        code: 'GITHUB_DENIED',
        message: `${host} does not hold it, or hides it from this token: could not ${purpose}.`,
        likely: 'the token has no access to the repository (GitHub answers as if it did not exist), or its name is misspelt',
        remedy: 'GITHUB_TOKEN reaches the workflow’s own repository alone; for another, use a GitHub App or a deploy key.',
      };
    case 'too large':
      return {
        code: 'GITHUB_FAILED',
        message: `${host} does not take a request of this size: could not ${purpose}.`,
        remedy: 'Change fewer files at once, or push with git (verified: false).',
      };
    case 'failing':
      return { code: 'GITHUB_FAILED', message: `${host} is failing: could not ${purpose}.` };
    case 'other':
      return { code: 'GITHUB_FAILED', message: `${host} refused: could not ${purpose}.` };
  }
}

type Meaning = 'unauthorized' | 'forbidden' | 'hidden' | 'too large' | 'failing' | 'other';

function meaningOf({ status, types, words }: Refusal): Meaning {
  if (status === 401) return 'unauthorized';
  if (status === 403 || types.includes('FORBIDDEN') || types.includes('INSUFFICIENT_SCOPES')) return 'forbidden';
  if (status === 404 || types.includes('NOT_FOUND')) return 'hidden';
  if (status === 413 || words.some(text => /too large|exceeds? .*(?:size|limit)/i.test(text))) return 'too large';
  return status >= 500 ? 'failing' : 'other';
}

function forbiddenAdvice({ headers, words }: Refusal): Pick<Failure, 'likely' | 'remedy'> {
  const text = words.join(' ');
  if (/not permitted to create or approve pull requests/i.test(text)) {
    return {
      remedy: 'Allow GitHub Actions to create pull requests (Settings → Actions → General), or use a GitHub App’s token.',
    };
  }
  if ('x-github-sso' in headers) {
    return { likely: 'the organization demands single sign-on', remedy: 'Authorize the token for the organization’s SSO.' };
  }
  return {
    likely: 'the token lacks the permission',
    remedy: 'Grant it: under permissions: in the workflow for GITHUB_TOKEN, in the App’s settings, or to the personal token.',
  };
}

/** `contents=write,pull_requests=write; issues=write` as `contents: write and pull_requests: write, or issues: write`. */
export function describePermissions(accepted: string): string {
  return accepted
    .split(';')
    .map(set =>
      set
        .split(',')
        .map(one => one.trim().replace('=', ': '))
        .join(' and '),
    )
    .join(', or ');
}
