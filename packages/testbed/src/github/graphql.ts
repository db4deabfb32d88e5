import type { GraphQLError } from 'graphql';
import { z } from 'zod';
import { commitNode } from './commit-node.ts';
import { createCommitOnBranch, enablePullRequestAutoMerge } from './mutations.ts';
import { readPublished } from './published.ts';
import { forbidden, Refusal } from './refusal.ts';
import type { Actor, Repository } from './world.ts';
import { permits } from './world.ts';

export interface GraphqlCall {
  readonly actor: Actor;
  readonly repositories: readonly Repository[];
  readonly body: unknown;
}

/** The answer, or what makes the request (or our own answer) one that GitHub's schema does not allow. */
export type GraphqlAnswer =
  | { readonly kind: 'answer'; readonly body: unknown }
  | { readonly kind: 'violation'; readonly faults: readonly string[] };

const request = z.object({ query: z.string(), variables: z.record(z.string(), z.unknown()).optional() });

export type AnswerGraphql = (call: GraphqlCall) => Promise<GraphqlAnswer>;

/** Executes queries and mutations against GitHub's published schema, so that requests and answers fit it. */
export async function openGraphql(): Promise<AnswerGraphql> {
  const { buildSchema, execute, parse, validate } = await import('graphql');
  const text = await readPublished('@octokit/graphql-schema', 'schema.graphql');
  // The published text defines a field twice, at which graphql-js would stop.
  const schema = buildSchema(text, { assumeValid: true, assumeValidSDL: true });
  return async ({ actor, repositories, body }) => {
    const parsed = request.safeParse(body);
    if (!parsed.success) return violation([z.prettifyError(parsed.error)]);
    const document = attempt(() => parse(parsed.data.query));
    if (document instanceof Error) return violation([document.message]);
    const faults = validate(schema, document);
    if (faults.length > 0) return violation(faults.map(({ message }) => message));
    const rootValue = rootOf({ actor, repositories });
    const result = await execute({ schema, document, rootValue, variableValues: parsed.data.variables ?? {} });
    const unmeant = (result.errors ?? []).filter(({ originalError }) => !(originalError instanceof Refusal));
    if (unmeant.length > 0) return violation(unmeant.map(({ message }) => message));
    const errors = (result.errors ?? []).map(toGitHubError);
    return {
      kind: 'answer',
      body: { ...('data' in result ? { data: result.data } : {}), ...(errors.length > 0 ? { errors } : {}) },
    };
  };
}

/** GitHub's errors carry a `type` beside what the GraphQL specification names. */
function toGitHubError({ originalError, message, path, locations }: GraphQLError): object {
  return { type: originalError instanceof Refusal ? originalError.type : undefined, path, locations, message };
}

function attempt<T>(work: () => T): T | Error {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof Error) return thrown;
    throw thrown;
  }
}

function violation(faults: readonly string[]): GraphqlAnswer {
  return { kind: 'violation', faults };
}

interface Root {
  readonly actor: Actor;
  readonly repositories: readonly Repository[];
}

function rootOf({ actor, repositories }: Root) {
  const find = (fullName: string): Repository => {
    const found = repositories.find(({ options }) => options.name === fullName && actor.repositories.includes(fullName));
    if (found) return found;
    const message = `Could not resolve to a Repository with the name '${fullName}'.`;
    throw new Refusal({ status: 404, type: 'NOT_FOUND', message });
  };
  return {
    repository: ({ owner, name }: { owner: string; name: string }) => repositoryNode(find(`${owner}/${name}`), actor),
    createCommitOnBranch: createCommitOnBranch({ actor, find }),
    enablePullRequestAutoMerge: enablePullRequestAutoMerge({ actor, repositories }),
  };
}

function repositoryNode(repository: Repository, actor: Actor) {
  return {
    ref: async ({ qualifiedName }: { qualifiedName: string }) => {
      if (!permits(actor.permissions, { contents: 'read' })) throw forbidden();
      const name = qualifiedName.startsWith('refs/') ? qualifiedName : `refs/heads/${qualifiedName}`;
      return refNode(repository, name);
    },
  };
}

async function refNode(repository: Repository, name: string): Promise<object | null> {
  const oid = await repository.git.read(name);
  if (oid === undefined) return null;
  return {
    name: name.replace('refs/heads/', ''),
    prefix: 'refs/heads/',
    target: () => commitNode(repository.git, oid),
    compare: async ({ headRef }: { headRef: string }) => {
      const head = await repository.git.read(`refs/heads/${headRef}`);
      if (head === undefined) return null;
      const ahead = await repository.git.between(oid, head);
      return {
        aheadBy: ahead.length,
        behindBy: async () => (await repository.git.between(head, oid)).length,
        commits: ({ first = 100 }: { first?: number }) => ({
          totalCount: ahead.length,
          nodes: ahead
            .toReversed()
            .slice(0, first)
            .map(one => commitNode(repository.git, one)),
        }),
      };
    },
  };
}
