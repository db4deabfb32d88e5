import { ActionError } from '@eks-gitops/errors';
import { tryJson } from '@eks-gitops/http';
import { z } from 'zod';
import type { ResourceSelection } from '../cluster.ts';
import type { Outcome } from '../http/exchange.ts';
import type { ApiRequest, Right } from '../http/request.ts';
import { kindUnknown } from './discovery.ts';
import { collectionPath, selectors, withQuery } from './path.ts';
import { nameSelection } from './words.ts';

const pageSize = 500;
const page = z.object({
  metadata: z.object({ resourceVersion: z.string(), continue: z.string().optional() }),
  items: z.array(z.looseObject({})).nullable(),
});

export interface Listed {
  readonly objects: readonly unknown[];
  /** The version of the whole, from which a watch goes on. */
  readonly version: string;
}

export interface ListRequest {
  readonly selection: ResourceSelection;
  readonly resource: string;
  readonly right: Right;
  readonly limit?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly ask: (request: ApiRequest) => Promise<Outcome<string>>;
}

/**
 * Lists what is selected, page by page; when its version expires between two pages (410), from the beginning. Items of the API's own kinds
 * come without their kind, which is put in (Kubernetes documentation, "API Concepts", collections).
 */
export async function listObjects(request: ListRequest): Promise<Listed> {
  for (let tries = 1; ; tries += 1) {
    const listed = await listPages(request);
    if (listed.kind === 'listed') return listed.value;
    if (tries === 3) throw listed.error;
  }
}

type Pages = { readonly kind: 'listed'; readonly value: Listed } | { readonly kind: 'expired'; readonly error: ActionError };

async function listPages({ selection, resource, right, limit, signal, ask }: ListRequest): Promise<Pages> {
  const { apiVersion, kind } = selection;
  const purpose = `list ${nameSelection(selection)}`;
  const objects: unknown[] = [];
  for (let next = ''; ; ) {
    const query = { ...selectors(selection), limit: String(limit ?? pageSize), ...(next === '' ? {} : { continue: next }) };
    const path = withQuery(collectionPath(selection, resource), query);
    const outcome = await ask({ method: 'GET', path, purpose, right, signal });
    if (outcome.kind === 'not-found') throw kindUnknown(selection);
    if (outcome.kind === 'refused') {
      if (outcome.status === 410) return { kind: 'expired', error: outcome.error };
      throw outcome.error;
    }
    const { metadata, items } = parsePage(outcome.value, purpose);
    objects.push(...(items ?? []).map(item => ({ apiVersion, kind, ...item })));
    next = metadata.continue ?? '';
    if (next === '' || limit !== undefined) return { kind: 'listed', value: { objects, version: metadata.resourceVersion } };
  }
}

function parsePage(text: string, purpose: string): z.infer<typeof page> {
  const parsed = page.safeParse(tryJson(text));
  if (parsed.success) return parsed.data;
  throw new ActionError({
    code: 'CLUSTER_RESPONSE',
    message: `The Kubernetes API server gave an answer that is no list: could not ${purpose}.`,
    expected: 'a list with metadata.resourceVersion and items',
    found: text.slice(0, 200),
  });
}
