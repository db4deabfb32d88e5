/** What a registry is shown: a user with password, an identity token (OAuth2 refresh token), or nothing. */
export type Credentials =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'identity-token'; readonly token: string };

/** Finds the credentials for a registry host; `renew` asks for fresh ones because the last were refused. */
export type CredentialProvider = (registry: string, request: { readonly renew: boolean }) => Promise<Credentials>;
