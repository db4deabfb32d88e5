import { ActionError } from '@eks-gitops/errors';
import type { Remote } from './remote.ts';
import type { GitSettings } from './settings.ts';

export interface Login {
  readonly username: string;
  readonly password: string;
}

/** `printf` is a builtin of the shell: the password stands in no argument. */
const helper = `!f() { test "$1" = get && printf 'username=%s\\npassword=%s\\n' "$EKS_GITOPS_GIT_USERNAME" "$EKS_GITOPS_GIT_PASSWORD"; }; f`;

/**
 * Signs in to the host of the URL, and to no other: git asks a credential helper for each host anew, also after a redirect, where a
 * header would go along. Whatever else is configured to sign in (helpers, a checkout's persisted `http.extraheader`) is put out of
 * force; the header's most exact name is the whole URL (git-config(1), `http.<url>.*`).
 */
export function httpAccess({ url, origin }: Extract<Remote, { kind: 'http' }>, { username, password }: Login): GitSettings {
  if (/[\0\r\n]/.test(username + password)) {
    throw new ActionError({
      code: 'INPUT_INVALID',
      message: 'The user name or token for the git server holds a line break.',
      expected: 'one line',
      remedy: 'Store the token without a line break, and give it again.',
    });
  }
  return {
    config: [
      ['http.extraheader', ''],
      [`http.${url}.extraheader`, ''],
      ['http.followRedirects', 'initial'],
      ['http.proactiveAuth', 'basic'],
      ['credential.helper', ''],
      [`credential.${origin}.helper`, helper],
      ['core.askPass', ''],
    ],
    env: { EKS_GITOPS_GIT_USERNAME: username, EKS_GITOPS_GIT_PASSWORD: password, GIT_ASKPASS: '', SSH_ASKPASS: '' },
  };
}
