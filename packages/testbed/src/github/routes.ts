import { appRoutes } from './app-routes.ts';
import { pullRoutes } from './pull-routes.ts';
import { refRoutes } from './ref-routes.ts';
import type { Tokens } from './tokens.ts';
import type { Actor, Permissions, Repository } from './world.ts';

/** One call of an operation by somebody who may make it. */
export interface RestCall {
  readonly actor: Actor;
  readonly repository: Repository;
  /** The values of the path's parameters. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
  /** The base URL of the API. */
  readonly url: string;
  /** The published example of the answer with a status. */
  readonly example: (status: number) => unknown;
}

export interface RestAnswer {
  readonly status: number;
  readonly body?: unknown;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** As in GitHub's description. */
  readonly template: string;
  /** Any one of these sets will do. */
  readonly needs: readonly Permissions[];
  readonly run: (call: RestCall) => Promise<RestAnswer>;
}

/** One call by an App itself, with its JSON web token. */
export interface AppCall extends Pick<RestCall, 'path' | 'body' | 'example'> {
  readonly authorization: string | undefined;
  readonly tokens: Tokens;
}

export interface AppRoute {
  readonly method: Route['method'];
  readonly template: string;
  readonly needs: 'app';
  readonly run: (call: AppCall) => Promise<RestAnswer>;
}

const routes: readonly (Route | AppRoute)[] = [...refRoutes, ...pullRoutes, ...appRoutes];

export interface FoundRoute {
  readonly route: Route | AppRoute;
  readonly path: Readonly<Record<string, string>>;
}

/** The route of a request; a reference's name may hold slashes, encoded or not. */
export function findRoute(method: string, pathname: string): FoundRoute | undefined {
  for (const route of routes.filter(one => one.method === method)) {
    const names = [...route.template.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
    const pattern = route.template.replaceAll('{ref}', '(.+)').replaceAll(/\{\w+\}/g, '([^/]+)');
    const values = new RegExp(`^${pattern}$`).exec(pathname)?.slice(1);
    if (values === undefined) continue;
    const path = Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(values[index] ?? '')]));
    return { route, path };
  }
  return undefined;
}
