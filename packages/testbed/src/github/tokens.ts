import { randomBytes, verify } from 'node:crypto';
import { z } from 'zod';
import { notFound, Refusal } from './refusal.ts';
import type { Actor, AppOptions, Permissions, TokenOptions } from './world.ts';
import { permits } from './world.ts';

export interface Tokens {
  /** Throws 401 for a token that is unknown or has expired. */
  readonly actor: (authorization: string | undefined) => Actor;
  readonly app: (authorization: string | undefined) => AppOptions;
  readonly mint: (app: AppOptions, request: MintRequest) => Actor & { readonly token: string };
}

export interface MintRequest {
  readonly installationId: number;
  /** Names without the owner; undefined for all of the installation's. */
  readonly repositories: readonly string[] | undefined;
  readonly permissions: Permissions | undefined;
}

const claims = z.object({ iss: z.union([z.string(), z.number()]), iat: z.number(), exp: z.number() });

/** Personal tokens and those of App installations (which last `lifetime` seconds; GitHub's last an hour). */
export function openTokens(options: { tokens: readonly TokenOptions[]; apps: readonly AppOptions[]; lifetime: number }): Tokens {
  const actors = new Map<string, Actor>(
    options.tokens.map(({ token, ...rest }, index) => [
      token,
      { ...rest, id: 1000 + index, bot: false, expires: Number.POSITIVE_INFINITY },
    ]),
  );
  return {
    actor: authorization => {
      const actor = actors.get(secretOf(authorization));
      if (actor === undefined || actor.expires <= Date.now()) throw badCredentials('Bad credentials');
      return actor;
    },
    app: authorization => appOf(secretOf(authorization), options.apps),
    mint: (app, { installationId, repositories, permissions }) => {
      const installation = app.installations.find(({ id }) => id === installationId);
      if (installation === undefined) throw notFound();
      const named = repositories?.map(name => installation.repositories.find(full => full.split('/')[1] === name));
      if (named?.includes(undefined))
        throw unprocessable(
          'There is at least one repository that does not exist or is not accessible to the parent installation.',
        );
      const granted = permissions ?? installation.permissions;
      if (!permits(installation.permissions, granted))
        throw unprocessable('The permissions requested are not granted to this installation.');
      const token = `ghs_${randomBytes(18).toString('hex')}`;
      const actor: Actor = {
        login: app.slug,
        id: app.id,
        bot: true,
        repositories: named?.flatMap(name => name ?? []) ?? installation.repositories,
        permissions: granted,
        expires: Date.now() + options.lifetime * 1000,
      };
      actors.set(token, actor);
      return { ...actor, token };
    },
  };
}

function secretOf(authorization: string | undefined): string {
  return /^(?:token|bearer) (.+)$/i.exec(authorization ?? '')?.[1] ?? '';
}

/** "Authenticating as a GitHub App": RS256, `iss` the App's id, at most ten minutes. */
function appOf(token: string, apps: readonly AppOptions[]): AppOptions {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const parsed = claims.safeParse(tryJson(Buffer.from(payload, 'base64url').toString()));
  if (!parsed.success) throw badCredentials('A JSON web token could not be decoded');
  const { iss, iat, exp } = parsed.data;
  const app = apps.find(({ id }) => String(id) === String(iss));
  if (app === undefined) throw badCredentials('Integration not found');
  const signed = Buffer.from(`${header}.${payload}`);
  if (!verify('sha256', signed, app.publicKey, Buffer.from(signature, 'base64url'))) {
    throw badCredentials('A JSON web token could not be decoded');
  }
  const now = Date.now() / 1000;
  if (iat > now)
    throw badCredentials("'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued");
  if (exp < now || exp > now + 600) throw badCredentials("'Expiration time' claim ('exp') is too far in the future");
  return app;
}

function badCredentials(message: string): Refusal {
  return new Refusal({ status: 401, type: 'UNAUTHORIZED', message });
}

function unprocessable(message: string): Refusal {
  return new Refusal({ status: 422, message });
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
