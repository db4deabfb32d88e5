import { z } from 'zod';
import { overlay } from './overlay.ts';
import { notFound } from './refusal.ts';
import type { AppRoute } from './routes.ts';

const access = z.enum(['read', 'write']);
const mint = z
  .object({
    repositories: z.array(z.string()),
    permissions: z.object({ contents: access, pull_requests: access, issues: access }).partial(),
  })
  .partial();

/** What a GitHub App asks with its own JSON web token. */
export const appRoutes: readonly AppRoute[] = [
  {
    method: 'GET',
    template: '/repos/{owner}/{repo}/installation',
    needs: 'app',
    run: async ({ path, authorization, tokens, example }) => {
      const app = tokens.app(authorization);
      const fullName = `${path['owner']}/${path['repo']}`;
      const found = app.installations.find(({ repositories }) => repositories.includes(fullName));
      if (found === undefined) throw notFound();
      return {
        status: 200,
        body: overlay(example(200), { id: found.id, app_id: app.id, app_slug: app.slug, permissions: found.permissions }),
      };
    },
  },
  {
    method: 'POST',
    template: '/app/installations/{installation_id}/access_tokens',
    needs: 'app',
    run: async ({ path, authorization, tokens, body, example }) => {
      const { repositories, permissions } = mint.parse(body ?? {});
      const request = { installationId: Number(path['installation_id']), repositories, permissions: dropUndefined(permissions) };
      const { token, expires, permissions: granted } = tokens.mint(tokens.app(authorization), request);
      const published = z.record(z.string(), z.unknown()).parse(example(201));
      const answer = {
        token,
        expires_at: new Date(expires).toISOString(),
        permissions: granted,
        repository_selection: 'selected',
      };
      return { status: 201, body: { ...published, ...answer } };
    },
  },
];

function dropUndefined<T extends object>(value: T | undefined): { [K in keyof T]: Exclude<T[K], undefined> } | undefined {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
