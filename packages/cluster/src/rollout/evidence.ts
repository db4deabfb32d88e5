import { toActionError } from '@eks-gitops/errors';
import { z } from 'zod';
import type { Cluster } from '../cluster.ts';
import type { FaultyPod } from './fault.ts';
import { lastSeen, schemas } from './objects.ts';

const logLines = 20;
const eventLines = 10;

/** What a user would look up next about a pod. */
export interface Evidence {
  /** The container's last log lines and the pod's events, under a heading each. */
  readonly words: string;
  /** Of the pod's node, as `os/architecture`; undefined where it cannot be read. */
  readonly platform: string | undefined;
}

export interface EvidenceOptions {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly pod: FaultyPod;
  /** Milliseconds after which what is not there yet is left out. */
  readonly within: number;
}

/** Gathers evidence. Never fails: what cannot be read is said to be so. */
export async function gatherEvidence({ cluster, namespace, pod, within }: EvidenceOptions): Promise<Evidence> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, within, undefined);
  const [log, events, platform] = await Promise.all([
    Promise.race([lastLines(cluster, namespace, pod).catch(unreadable), late]),
    Promise.race([podEvents(cluster, namespace, pod).catch(unreadable), late]),
    Promise.race([nodePlatform(cluster, pod).catch(() => undefined), late]),
  ]);
  clearTimeout(timer);
  const parts = [
    section(`Last log lines of ${pod.name}, container ${pod.container}`, log),
    section(`Events of ${pod.name}`, events),
  ];
  return { words: parts.filter(part => part !== '').join('\n\n'), platform };
}

function unreadable(thrown: unknown): string {
  return `(could not be read: ${toActionError(thrown).message})`;
}

function section(title: string, text: string | undefined): string {
  const words = text?.trimEnd() ?? '';
  return words === '' ? '' : `${title}:\n${words.replaceAll(/^/gm, '  ')}`;
}

async function lastLines(
  cluster: Cluster,
  namespace: string,
  { name, container, ended }: FaultyPod,
): Promise<string | undefined> {
  const request = { namespace, name, container, tailLines: logLines };
  const before = ended ? await cluster.podLog({ ...request, previous: true }) : undefined;
  return before ?? cluster.podLog(request);
}

async function podEvents(cluster: Cluster, namespace: string, { uid }: FaultyPod): Promise<string> {
  const fieldSelector = `involvedObject.uid=${uid}`;
  const objects = await cluster.list({ apiVersion: 'v1', kind: 'Event', namespace, fieldSelector, limit: 200 });
  const events = objects.flatMap(object => schemas.event.safeParse(object).data ?? []);
  return events
    .sort((a, b) => lastSeen(a) - lastSeen(b))
    .slice(-eventLines)
    .map(
      ({ type, reason, message, count }) => `${type} ${reason}${(count ?? 1) > 1 ? ` (${count} times)` : ''}: ${message.trim()}`,
    )
    .join('\n');
}

const node = z.object({ status: z.object({ nodeInfo: z.object({ operatingSystem: z.string(), architecture: z.string() }) }) });

async function nodePlatform(cluster: Cluster, { node: name }: FaultyPod): Promise<string | undefined> {
  if (name === '') return undefined;
  const { data } = node.safeParse(await cluster.get({ apiVersion: 'v1', kind: 'Node', name }));
  return data === undefined ? undefined : `${data.status.nodeInfo.operatingSystem}/${data.status.nodeInfo.architecture}`;
}
