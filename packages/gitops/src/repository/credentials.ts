/** How to sign in to a git server. */
export type GitCredentials =
  /** What git is configured with: credential helpers, .netrc, an SSH agent, a checkout's own configuration. */
  | { readonly kind: 'existing' }
  /** User name and password of HTTPS; GitHub takes a token with `x-access-token`, GitLab with `oauth2`, Bitbucket with `x-token-auth`. */
  | { readonly kind: 'token'; readonly username: string; readonly token: string }
  /** A private key in OpenSSH's or PEM's form, and the server's public keys as lines of known_hosts (sshd(8)). */
  | { readonly kind: 'ssh'; readonly privateKey: string; readonly knownHosts?: string }
  /** AWS's credential chain, for CodeCommit over HTTPS. */
  | { readonly kind: 'codecommit' };
