import { ActionError, type Failure } from '@eks-gitops/errors';
import type { GitOutput } from './git.ts';

/** A failure of a command that went online. */
export interface OnlineFailure {
  /** It may pass by itself; after a push it is not clear whether the push has landed. */
  readonly transient: boolean;
  readonly error: ActionError;
}

export interface FailureQuestion {
  readonly output: Pick<GitOutput, 'exitCode' | 'stderr'>;
  /** The repository's URL, without credentials. */
  readonly url: string;
  readonly doing: 'read' | 'push to';
}

type Explanation = Pick<Failure, 'code' | 'likely' | 'remedy'> & { readonly words: RegExp; readonly transient?: true };

/** The words are those of git, OpenSSH, curl, GitHub, GitLab and CodeCommit; the first that fits counts. */
const explanations: readonly Explanation[] = [
  {
    words: /does not support shallow|support shallow capabilities/,
    code: 'GIT_FAILED',
    likely: 'the server is old, or serves plain files',
  },
  {
    words: /Host key verification failed|No \S+ host key is known for|REMOTE HOST IDENTIFICATION HAS CHANGED/,
    code: 'GIT_UNREACHABLE',
    likely: 'the server shows a host key that known_hosts does not hold: it is new, was changed, or somebody stands in between',
    remedy: 'Compare the key with the one that the server’s operator publishes, and give it as the known hosts.',
  },
  {
    words: /Load key .*(?:invalid format|error in libcrypto|incorrect passphrase|unsupported)/,
    code: 'GIT_DENIED',
    likely: 'the SSH key is damaged or has a passphrase',
    remedy: 'Store the whole private key, with its first and last line, and without a passphrase.',
  },
  {
    words: /marked as read only|read[- ]only deploy key|deploy key does not have write access/i,
    code: 'GIT_DENIED',
    likely: 'the deploy key may read only',
    remedy: 'Allow write access for the deploy key.',
  },
  {
    words: /Permission denied \(|Too many authentication failures/,
    code: 'GIT_DENIED',
    likely: 'the server does not know the SSH key, or not for this repository',
    remedy: 'Register the public key with the server, as a deploy key with write access.',
  },
  {
    words: /denied to github-actions\[bot\]/,
    code: 'GIT_DENIED',
    likely: 'GITHUB_TOKEN writes to the repository of its own workflow alone, and there only with contents: write',
    remedy: 'For another repository use a GitHub App or a deploy key; for this one add permissions: contents: write to the job.',
  },
  {
    words:
      /error: 403|HTTP 403|Permission to \S+ denied|not allowed to (?:push|download|upload)|Write access to repository not granted/,
    code: 'GIT_DENIED',
    likely: 'the credentials are good but lack the right',
    remedy: 'Give them the right to write to the repository (on CodeCommit codecommit:GitPull and codecommit:GitPush).',
  },
  {
    words: /could not read (?:Username|Password)|terminal prompts disabled/,
    code: 'GIT_DENIED',
    likely: 'there are no credentials for this host, or the server redirected to a host that they do not belong to',
    remedy: 'Give a token or a key, and the URL that the server itself shows for the repository.',
  },
  {
    words: /Authentication failed|error: 401|HTTP 401|invalid credentials|HTTP Basic: Access denied/i,
    code: 'GIT_DENIED',
    likely: 'the user name or the token is wrong or has expired',
    remedy: 'Check both, and the user name that the server wants with a token (x-access-token on GitHub, oauth2 on GitLab).',
  },
  {
    words:
      /repository .*not found|error: 404|Repository not found|does not appear to be a git repository|project you were looking for could not be found|does not exist/i,
    code: 'GIT_UNREACHABLE',
    likely: 'the URL is mistyped, or these credentials may not see the repository (GitHub then says that it does not exist)',
    remedy: 'Check the URL and that the credentials may read the repository.',
  },
  {
    words: /error: 30[1278]/,
    code: 'GIT_UNREACHABLE',
    likely: 'the repository has another address now, where a header with credentials is not taken along',
    remedy: 'Give the URL that the server itself shows for the repository.',
  },
  {
    words: /error: (?:5\d\d|429|408)|HTTP (?:5\d\d|429|408)/,
    code: 'GIT_UNREACHABLE',
    transient: true,
    likely: 'the server is failing or overloaded',
  },
  {
    words:
      /Connection reset|Recv failure|Send failure|Empty reply|timed out|Timeout|Operation too slow|early EOF|hung up unexpectedly|Connection closed by|unexpected disconnect|GnuTLS recv error|SSL_ERROR_SYSCALL|RPC failed|transfer closed|HTTP\/2 stream|kex_exchange_identification|Broken pipe/i,
    code: 'GIT_UNREACHABLE',
    transient: true,
    likely: 'the connection broke',
  },
  {
    words: /certificate|SSL peer|self.signed/i,
    code: 'GIT_UNREACHABLE',
    likely: 'the certificate of the server is not trusted here',
    remedy: 'Add the certificate authority to the machine, or to http.sslCAInfo of git.',
  },
  {
    words:
      /Could not resolve host|Failed to connect|Could not connect|Connection refused|No route to host|Network is unreachable/i,
    code: 'GIT_UNREACHABLE',
    likely: 'the host is mistyped, or cannot be reached from here',
    remedy: 'Check the URL, network and proxy.',
  },
  {
    words: /transport '[^']*' not allowed/,
    code: 'GIT_UNREACHABLE',
    likely: 'the configuration of git turns the URL into one of another transport',
    remedy: 'Check url.*.insteadOf in the configuration of git.',
  },
];

/** Says why git could not reach, read or write a repository, by its words. */
export function explainFailure({ output, url, doing }: FailureQuestion): OnlineFailure {
  const found = explanations.find(({ words }) => words.test(output.stderr));
  const { code = 'GIT_FAILED', likely, remedy, transient = false } = found ?? {};
  const message = `git could not ${doing} ${url}.`;
  return {
    transient,
    error: new ActionError({ code, message, found: foundWords(output), likely, remedy, detail: output.stderr }),
  };
}

function foundWords({ exitCode, stderr }: FailureQuestion['output']): string {
  return /(?:fatal|error): .*/.exec(stderr)?.[0] ?? `exit code ${exitCode}`;
}
