import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { toolFolder } from '../toolchain/cache.ts';
import type { ToolName } from '../toolchain/table.ts';
import type { KubernetesApi, ObjectName } from './api.ts';

const established = z.object({
  status: z.object({ conditions: z.array(z.looseObject({ type: z.string(), status: z.string() })) }),
});

/** Applies the custom resource definitions that came with a tool, and waits until the server serves them. */
export async function applyDefinitions(api: KubernetesApi, tool: ToolName): Promise<void> {
  const folder = join(toolFolder(tool), 'crds');
  const files = await readdir(folder);
  for (const file of files) await api.apply(await readFile(join(folder, file), 'utf8'));
  await Promise.all(files.map(file => api.waitFor(definitionName(file), { until: isServed })));
}

/** controller-gen names a file `<group>_<plural>.yaml`, and the API a definition `<plural>.<group>`. */
function definitionName(file: string): ObjectName {
  const [group, plural] = file.replace(/\.yaml$/, '').split('_');
  return { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: `${plural}.${group}` } };
}

function isServed(definition: unknown): boolean {
  const found = established.safeParse(definition);
  return found.success && found.data.status.conditions.some(({ type, status }) => type === 'Established' && status === 'True');
}
