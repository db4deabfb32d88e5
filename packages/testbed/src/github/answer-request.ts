import type { AnswerGraphql } from './graphql.ts';
import type { Describe, Operation } from './openapi.ts';
import { forbidden, notFound, Refusal } from './refusal.ts';
import { type AppRoute, type FoundRoute, findRoute, type RestAnswer, type Route } from './routes.ts';
import type { Tokens } from './tokens.ts';
import { type Actor, type Permissions, permits, type Repository, settle } from './world.ts';

export interface Api {
  readonly repositories: readonly Repository[];
  readonly tokens: Tokens;
  readonly describe: Describe;
  readonly graphql: AnswerGraphql;
}

export interface Call {
  readonly method: string;
  readonly target: URL;
  readonly authorization: string | undefined;
  readonly body: unknown;
  /** The base URL of the API. */
  readonly url: string;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** What GitHub's descriptions do not allow in the request or the answer. */
  readonly faults?: readonly string[];
}

export interface Answering {
  readonly operation: string;
  readonly run: () => Promise<Reply>;
}

/** Which operation a request asks for, and how it is answered. */
export function answerRequest(call: Call, api: Api): Answering {
  if (call.target.pathname === '/graphql') {
    return { operation: fieldOf(call.body), run: () => refusable(() => answerGraphql(call, api)) };
  }
  const found = findRoute(call.method, call.target.pathname);
  if (found === undefined) {
    const operation = `${call.method} ${call.target.pathname}`;
    return { operation, run: async () => broken(['is not served here']) };
  }
  const { method, template } = found.route;
  return { operation: `${method} ${template}`, run: () => answerRest(call, { found, api }) };
}

/** The first field of a GraphQL document. */
function fieldOf(body: unknown): string {
  const query = typeof body === 'object' && body !== null && 'query' in body ? String(body.query) : '';
  return /\{\s*(?:\w+\s*:\s*)?(\w+)/.exec(query)?.[1] ?? 'graphql';
}

async function answerGraphql({ authorization, body }: Call, { tokens, repositories, graphql }: Api): Promise<Reply> {
  const actor = tokens.actor(authorization);
  await Promise.all(repositories.map(settle));
  const answer = await graphql({ actor, repositories, body });
  return answer.kind === 'violation' ? broken(answer.faults) : { status: 200, body: answer.body };
}

async function answerRest(call: Call, { found, api }: { found: FoundRoute; api: Api }): Promise<Reply> {
  const { route } = found;
  const described = api.describe(route.method, route.template);
  const faults = described.requestFaults({ query: call.target.searchParams, body: call.body });
  if (faults.length > 0) return broken(faults);
  const reply = await refusable(() =>
    route.needs === 'app'
      ? runAsApp(call, { route, path: found.path, described, tokens: api.tokens })
      : runAsActor(call, { route, path: found.path, described, api }),
  );
  const own = described.answerFaults(reply.status, reply.body);
  return own.length > 0 ? broken(own.map(fault => `our own answer ${reply.status}${fault}`)) : reply;
}

interface Running<R> {
  readonly route: R;
  readonly path: FoundRoute['path'];
  readonly described: Operation;
}

function runAsApp({ authorization, body }: Call, { route, path, described, tokens }: Running<AppRoute> & { tokens: Tokens }) {
  return route.run({ path, body, example: described.example, authorization, tokens });
}

async function runAsActor(
  { authorization, body, target, url }: Call,
  { route, path, described, api }: Running<Route> & { api: Api },
): Promise<RestAnswer> {
  const actor = api.tokens.actor(authorization);
  const repository = accessible(api.repositories, { actor, fullName: `${path['owner']}/${path['repo']}` });
  if (!route.needs.some(needed => permits(actor.permissions, needed))) throw forbidden(acceptedPermissions(route.needs));
  await settle(repository);
  return route.run({ actor, repository, path, query: target.searchParams, body, url, example: described.example });
}

/** A repository that a token has no access to looks as if it did not exist. */
function accessible(repositories: readonly Repository[], { actor, fullName }: { actor: Actor; fullName: string }): Repository {
  const found = repositories.find(({ options }) => options.name === fullName);
  if (found === undefined || !actor.repositories.includes(fullName)) throw notFound();
  return found;
}

/** The header `x-accepted-github-permissions`: `issues=write; pull_requests=write`, sets parted by semicolons. */
function acceptedPermissions(needs: readonly Permissions[]): string {
  return needs
    .map(set =>
      Object.entries(set)
        .map(([name, access]) => `${name}=${access}`)
        .join(','),
    )
    .join('; ');
}

async function refusable(run: () => Promise<Reply>): Promise<Reply> {
  try {
    return await run();
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    return { status: thrown.status, headers: thrown.headers, body: thrown.body };
  }
}

function broken(faults: readonly string[]): Reply {
  return { status: 501, body: { message: `GitHub's description does not allow it: ${faults.join('; ')}` }, faults };
}
