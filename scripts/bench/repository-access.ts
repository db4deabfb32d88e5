/** How the bench's repositories are reached: without credentials, by git with none of the user's settings. */
export const access = {
  credentials: { kind: 'existing' },
  env: { PATH: process.env['PATH'], HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1' },
} as const;

const author = { name: 'fluxcdbot', email: 'fluxcdbot@users.noreply.github.com' };
export const identity = { author, committer: author };
