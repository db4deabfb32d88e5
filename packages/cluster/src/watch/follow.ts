import type { Observation, ResourceSelection } from '../cluster.ts';
import type { Exchange } from '../http/exchange.ts';
import type { ApiRequest, Right } from '../http/request.ts';
import { kindUnknown } from '../resources/discovery.ts';
import { collectionPath, selectors, withQuery } from '../resources/path.ts';
import { nameSelection } from '../resources/words.ts';
import { readLines } from './lines.ts';
import { readWatchEvent } from './watch-event.ts';

export interface FollowRequest {
  readonly selection: ResourceSelection;
  readonly resource: string;
  readonly right: Right;
  /** The version that is known already. */
  readonly version: string;
  /** Called once the server has begun to answer. */
  readonly onOpen: () => void;
  /** Called with each version that is known then. */
  readonly onVersion: (version: string) => void;
  readonly signal: AbortSignal;
}

/** How a watch ended: `closed` can go on from the last version, the others need a new list. */
export type WatchEnd =
  | { readonly kind: 'closed' }
  | { readonly kind: 'expired' }
  | { readonly kind: 'failed'; readonly words: string };

/** Characters; etcd holds objects of 1.5 MB at most. */
const longestLine = 32 * 1024 * 1024;
/** Seconds after which the server is to close the watch: just before, it sends a bookmark, so that a quiet watch knows a young version too. */
const duration = 60;
/** Milliseconds of silence after which a connection counts as dead: longer than a watch lasts, since bookmarks come as rarely as that. */
const silence = 90_000;

/**
 * Watches from a version on until the server closes the connection (Kubernetes documentation, "API Concepts", efficient detection of changes).
 * Throws TransientFailure for a connection that was cut, and what refuses the watch.
 */
export async function* follow(exchange: Exchange, asked: FollowRequest): AsyncGenerator<Observation, WatchEnd> {
  const request = watchRequest(asked);
  const outcome = await exchange.open(request);
  if (outcome.kind === 'not-found') throw kindUnknown(asked.selection);
  if (outcome.kind === 'refused') {
    if (outcome.status === 410) return { kind: 'expired' };
    throw outcome.error;
  }
  const { body } = outcome.value;
  asked.onOpen();
  try {
    for await (const line of readLines(body, { limit: longestLine })) {
      const event = readWatchEvent(line);
      if (event.type === 'expired') return { kind: 'expired' };
      if (event.type === 'failed') return { kind: 'failed', words: event.words };
      if (event.type !== 'bookmark') yield { type: event.type, object: event.object };
      asked.onVersion(event.version);
    }
    return { kind: 'closed' };
  } catch (thrown) {
    throw exchange.explain(request, thrown);
  } finally {
    body.destroy();
  }
}

function watchRequest({ selection, resource, right, version, signal }: FollowRequest): ApiRequest {
  const query = {
    ...selectors(selection),
    watch: 'true',
    allowWatchBookmarks: 'true',
    resourceVersion: version,
    // Not all at once, when many watches began together.
    timeoutSeconds: String(Math.round(duration * (1 + Math.random() / 4))),
  };
  return {
    method: 'GET',
    path: withQuery(collectionPath(selection, resource), query),
    purpose: `watch ${nameSelection(selection)}`,
    right: { ...right, verbs: ['watch', 'list'] },
    silence,
    signal,
  };
}
