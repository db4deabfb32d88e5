import type { UserEntry } from './schema.ts';

/** The headers that make the server treat a request as another user's (Kubernetes documentation, "User Impersonation"). */
export function impersonationHeaders(user: UserEntry): Readonly<Record<string, string | readonly string[]>> {
  if (user.as === undefined) return {};
  const extra = Object.entries(user['as-user-extra']).map(([key, values]) => [`impersonate-extra-${escapeKey(key)}`, values]);
  return {
    'impersonate-user': user.as,
    ...(user['as-uid'] === undefined ? {} : { 'impersonate-uid': user['as-uid'] }),
    ...(user['as-groups'].length === 0 ? {} : { 'impersonate-group': user['as-groups'] }),
    ...Object.fromEntries(extra),
  };
}

/** What may not stand in a header's name is percent-encoded, and so is the percent sign (client-go, transport's headerKeyEscape). */
function escapeKey(key: string): string {
  const encode = (character: string): string =>
    [...Buffer.from(character)].map(byte => `%${byte.toString(16).padStart(2, '0')}`).join('');
  return key.replace(/[^A-Za-z0-9!#$&'*+.^_`|~-]/gu, encode);
}
