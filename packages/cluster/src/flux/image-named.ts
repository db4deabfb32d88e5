import { z } from 'zod';
import type { Cluster } from '../cluster.ts';
import type { FluxObject } from './flux-object.ts';

/** An image by its tag or digest. */
export interface NamedImage {
  readonly name: string;
  readonly tag?: string | undefined;
  readonly digest?: string | undefined;
}

const container = z.object({ image: z.string().default('') });
const workload = z.object({
  spec: z.object({
    template: z.object({ spec: z.object({ containers: z.array(container), initContainers: z.array(container).default([]) }) }),
  }),
});
const kinds = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

/** Whether a workload that a Kustomization has applied names the image, by tag or digest. */
export async function namesImage(cluster: Cluster, { status: { inventory } }: FluxObject, image: NamedImage): Promise<boolean> {
  const workloads = (inventory?.entries ?? []).flatMap(({ id, v }) => inventoryName(id, v) ?? []);
  const found = await Promise.all(workloads.map(name => cluster.get(name)));
  return found.some(object => imagesOf(object).some(reference => isReferenceOf(reference, image)));
}

/** `shop_ui_apps_Deployment`: namespace, name, group, kind. Source: cli-utils, pkg/object/objmetadata.go. */
function inventoryName(id: string, version: string) {
  const [namespace = '', name = '', group = '', kind = ''] = id.split('_');
  return kinds.has(kind) && group === 'apps' ? { apiVersion: `${group}/${version}`, kind, namespace, name } : undefined;
}

function imagesOf(object: unknown): readonly string[] {
  const { data } = workload.safeParse(object);
  if (data === undefined) return [];
  const { containers, initContainers } = data.spec.template.spec;
  return [...containers, ...initContainers].map(({ image }) => image);
}

/** Whether a reference means the image: its digest where both have one, else its tag. */
export function isReferenceOf(reference: string, { name, tag, digest }: NamedImage): boolean {
  const [tagged = '', pinned] = reference.split('@');
  if (pinned !== undefined && digest !== undefined)
    return pinned === digest && (tagged === name || tagged.startsWith(`${name}:`));
  return tag !== undefined && tagged === `${name}:${tag}`;
}
