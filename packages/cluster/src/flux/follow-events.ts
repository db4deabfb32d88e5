import { toActionError } from '@eks-gitops/errors';
import { z } from 'zod';
import { type FluxName, formatFluxName } from './kinds.ts';
import type { FluxSession } from './session.ts';

const event = z.object({ type: z.string().default('Normal'), reason: z.string().default(''), message: z.string().default('') });

/** Tells an object's events as they come, those from before not. Gives what ends it. Who may not read events is told so once. */
export function followEvents({ cluster, signal, onProgress }: FluxSession, name: FluxName): () => void {
  const end = new AbortController();
  const selection = {
    ...{ apiVersion: 'v1', kind: 'Event', namespace: name.namespace },
    fieldSelector: `involvedObject.kind=${name.kind},involvedObject.name=${name.name}`,
  };
  const options = { changesOnly: true, signal: AbortSignal.any([signal, end.signal]) };
  const follow = async (): Promise<void> => {
    for await (const seen of cluster.observe(selection, options)) {
      const found = seen.type === 'changed' ? event.safeParse(seen.object).data : undefined;
      if (found !== undefined) onProgress(`${formatFluxName(name)}: ${found.reason}: ${found.message.trim()}`);
    }
  };
  follow().catch((thrown: unknown) => {
    if (signal.aborted || end.signal.aborted) return;
    onProgress(`The events of ${formatFluxName(name)} cannot be shown. ${toActionError(thrown).message}`);
  });
  return () => end.abort();
}
