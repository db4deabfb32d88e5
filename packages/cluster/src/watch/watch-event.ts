import { tryJson } from '@eks-gitops/http';
import { z } from 'zod';
import { statusBody } from '../http/status.ts';

/** One line of a watch (Kubernetes API reference, meta/v1 WatchEvent). */
export type WatchEvent =
  | { readonly type: 'changed' | 'deleted'; readonly object: unknown; readonly version: string }
  | { readonly type: 'bookmark'; readonly version: string }
  /** The version that the watch began from is too old: all has to be listed again. */
  | { readonly type: 'expired' }
  | { readonly type: 'failed'; readonly words: string };

const versioned = z.looseObject({ metadata: z.looseObject({ resourceVersion: z.string() }) });
const line = z.discriminatedUnion('type', [
  z.object({ type: z.enum(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK']), object: versioned }),
  z.object({ type: z.literal('ERROR'), object: z.unknown() }),
]);

/** Reads a line of a watch; what is no such line is a failure of the watch. */
export function readWatchEvent(text: string): WatchEvent {
  const parsed = line.safeParse(tryJson(text));
  if (!parsed.success) return { type: 'failed', words: `not an event of a watch: ${text.slice(0, 200)}` };
  if (parsed.data.type === 'ERROR') return readError(parsed.data.object);
  const { type, object } = parsed.data;
  const version = object.metadata.resourceVersion;
  if (type === 'BOOKMARK') return { type: 'bookmark', version };
  return { type: type === 'DELETED' ? 'deleted' : 'changed', object, version };
}

function readError(object: unknown): WatchEvent {
  const status = statusBody.safeParse(object).data;
  if (status?.code === 410 || status?.reason === 'Expired' || status?.reason === 'Gone') return { type: 'expired' };
  return { type: 'failed', words: status?.message ?? 'an error without words' };
}
