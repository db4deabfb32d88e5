import { ActionError } from '@eks-gitops/errors';
import { boolean, choice, duration, items, text, type ValuesOf } from './input.ts';

/** Name and e-mail address, as git writes them into a commit. */
export interface Identity {
  readonly name: string;
  readonly email: string;
}

const fluxcdbot = 'fluxcdbot <fluxcdbot@users.noreply.github.com>';

/** Which GitOps repository is changed, and how the change gets there; shared by all actions that write to one. */
const place = {
  repository: text({
    description:
      'The GitOps repository: a URL (https, ssh, file, codecommit), or the folder of a checkout, which is only asked for its remote, its branch and its access. With mode local, the folder whose files are changed.',
    default: '.',
    example: 'https://github.com/OWNER/gitops',
  }),
  branch: text({
    description: "The branch that Flux applies. Default: the checkout's branch, else the repository's default branch.",
  }),
  'push-branch': text({
    description:
      'Another branch to edit and push, for somebody else to merge; made from branch where it is missing. With mode pull-request: the branch of the pull request; default: one that is named after the policies.',
  }),
  path: text({ description: 'The folder or file of the repository whose manifests are changed.', default: '.' }),
  mode: choice(
    {
      description:
        'push: a commit on the branch. pull-request: one open pull request on GitHub, kept up to date. local: the files of a checkout are changed, and nothing is committed.',
      default: 'push',
    },
    ['push', 'pull-request', 'local'],
  ),
  timeout: duration({ description: 'How long to go on when others push to the same branch.', default: '5m' }),
};

const commit = {
  author: text(
    { description: 'The author of the commit.', default: fluxcdbot },
    { allowed: 'Name <address>', parse: parseIdentity },
  ),
  committer: text(
    { description: 'The committer of the commit. Default: the author.' },
    { allowed: 'Name <address>', parse: parseIdentity },
  ),
  verified: boolean({
    description:
      "Commits over GitHub's API, so that GitHub signs the commit as verified. Its author is then the app or user of the token.",
  }),
};

/** How an action signs in to a git repository. */
export const accessInputs = {
  token: text({
    description:
      "A token for the repository over https. The GITHUB_TOKEN of a workflow may write to the workflow's own repository only.",
    secret: true,
  }),
  'token-user': text({
    description:
      'The user name that goes with token. Default: x-access-token, which GitHub takes; GitLab takes oauth2, Bitbucket x-token-auth.',
  }),
  'ssh-key': text({ description: 'A private SSH key, such as a deploy key with write access.', secret: true }),
  'ssh-known-hosts': text({
    description: "The host keys that are trusted, as ssh-keyscan prints them. Default: the machine's known_hosts files.",
  }),
  'app-id': text({ description: 'The id, or client id, of a GitHub App that is installed on the repository.' }),
  'app-private-key': text({ description: 'The private key of that GitHub App, PEM or base64 of it.', secret: true }),
  'github-api-url': text({
    description: "The address of GitHub's API. Default: the one that belongs to the repository's host.",
    example: 'https://github.example.com/api/v3',
  }),
};

const pullRequest = {
  title: text({ description: "The pull request's title. Default: the first line of the commit message." }),
  labels: items({ description: 'Labels of the pull request.' }),
  reviewers: items({ description: 'Users, or teams as OWNER/TEAM, who are asked to review the pull request.' }),
  draft: boolean({ description: 'Opens the pull request as a draft.' }),
  'auto-merge': choice(
    { description: 'Lets GitHub merge the pull request when its checks and reviews allow it.', default: 'off' },
    ['off', 'merge', 'squash', 'rebase'],
  ),
};

export const repositoryInputs = { ...place, ...commit, ...accessInputs, ...pullRequest };
export type AccessInputs = ValuesOf<typeof accessInputs>;
export type RepositoryInputs = ValuesOf<typeof repositoryInputs>;

/** How a git server or GitHub is told who we are. */
export type GivenAccess =
  | { readonly kind: 'existing' }
  | { readonly kind: 'token'; readonly username: string; readonly token: string }
  | { readonly kind: 'ssh'; readonly privateKey: string; readonly knownHosts?: string }
  | { readonly kind: 'app'; readonly appId: string; readonly privateKey: string };

/** The one way of access that the inputs give; without any, what git is configured with. Throws INPUT_INVALID, INPUT_MISSING. */
export function givenAccess(inputs: AccessInputs): GivenAccess {
  const { token, 'token-user': user, 'ssh-key': key, 'ssh-known-hosts': hosts, 'app-id': appId } = inputs;
  const { 'app-private-key': appKey } = inputs;
  const given = Object.entries({ token, 'ssh-key': key, 'app-private-key': appKey }).filter(([, value]) => value !== undefined);
  if (given.length > 1) throw severalWays(given.map(([name]) => name));
  for (const [name, value, needs, has] of [
    ['token-user', user, 'token', token],
    ['ssh-known-hosts', hosts, 'ssh-key', key],
    ['app-id', appId, 'app-private-key', appKey],
    ['app-private-key', appKey, 'app-id', appId],
  ] as const) {
    if (value !== undefined && has === undefined) throw lonely(name, needs);
  }
  if (token !== undefined) return { kind: 'token', username: user ?? 'x-access-token', token };
  if (key !== undefined) return { kind: 'ssh', privateKey: key, ...(hosts === undefined ? {} : { knownHosts: hosts }) };
  if (appId !== undefined && appKey !== undefined) return { kind: 'app', appId, privateKey: appKey };
  return { kind: 'existing' };
}

function severalWays(names: readonly string[]): ActionError {
  return new ActionError({
    code: 'INPUT_INVALID',
    message: 'More than one way of access to the repository is given.',
    expected: 'one of token, ssh-key, or app-id with app-private-key',
    found: names.join(' and '),
  });
}

function lonely(name: string, needs: string): ActionError {
  return new ActionError({
    code: 'INPUT_MISSING',
    message: `The input ${needs} is missing.`,
    expected: `${name} and ${needs} together, or neither`,
    found: `only ${name}`,
  });
}

function parseIdentity(given: string): Identity {
  const [, name = '', email = ''] = /^([^<>\r\n]*[^<>\s])\s*<([^<>\s]+)>$/.exec(given.trim()) ?? [];
  if (name === '' || email === '') throw new Error(`"${given}" is not of the form Name <address>`);
  return { name, email };
}
