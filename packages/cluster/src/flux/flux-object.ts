import { ActionError } from '@eks-gitops/errors';
import { z } from 'zod';
import { type FluxName, formatFluxName } from './kinds.ts';

const condition = z.object({
  type: z.string(),
  status: z.enum(['True', 'False', 'Unknown']),
  reason: z.string().default(''),
  message: z.string().default(''),
  observedGeneration: z.number().optional(),
});
/** One of `status.conditions` (Kubernetes, meta/v1 Condition). */
export type Condition = Readonly<z.infer<typeof condition>>;

const reference = z.object({ kind: z.string().optional(), name: z.string(), namespace: z.string().optional() });
const image = z.object({ name: z.string(), tag: z.string().default(''), digest: z.string().optional() });

const helmAction = z.object({ remediation: z.object({ retries: z.number().default(0) }).optional() });

const spec = z.object({
  suspend: z.boolean().default(false),
  sourceRef: reference.optional(),
  /** Of a HelmRelease the template of its HelmChart, of a HelmChart its name. */
  chart: z.union([z.string(), z.object({ spec: z.object({ sourceRef: reference }) })]).optional(),
  chartRef: reference.optional(),
  /** Of a HelmRepository: `oci` is none that Flux fetches. */
  type: z.string().optional(),
  dependsOn: z.array(reference).default([]),
  imageRepositoryRef: reference.optional(),
  exclusionList: z.array(z.string()).default(['^.*\\.sig$']),
  filterTags: z.object({ pattern: z.string().default(''), extract: z.string().default('') }).optional(),
  policy: z.record(z.string(), z.record(z.string(), z.string())).optional(),
  policySelector: z.looseObject({}).optional(),
  install: helmAction.optional(),
  upgrade: helmAction.optional(),
  git: z.object({ push: z.object({ branch: z.string().optional() }).optional() }).optional(),
});

const status = z.object({
  observedGeneration: z.number().optional(),
  lastHandledReconcileAt: z.string().optional(),
  conditions: z.array(condition).default([]),
  artifact: z.object({ revision: z.string(), metadata: z.record(z.string(), z.string()).optional() }).optional(),
  lastAppliedRevision: z.string().optional(),
  lastAppliedOriginRevision: z.string().optional(),
  lastAttemptedRevision: z.string().optional(),
  inventory: z.object({ entries: z.array(z.object({ id: z.string(), v: z.string() })).default([]) }).optional(),
  lastScanResult: z
    .object({ tagCount: z.number(), latestTags: z.array(z.string()).default([]), scanTime: z.string().optional() })
    .optional(),
  latestRef: image.optional(),
  observedPolicies: z.record(z.string(), image).default({}),
  /** NAMESPACE/NAME. */
  helmChart: z.string().optional(),
  observedSourceRevision: z.string().optional(),
  lastPushCommit: z.string().optional(),
});

const fluxObject = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    generation: z.number().default(0),
    labels: z.record(z.string(), z.string()).default({}),
  }),
  spec,
  status: status.prefault({}),
});

/** What is read of an object of Flux, of whatever kind; what a kind does not have is left out. Times are RFC 3339. */
export type FluxObject = Readonly<z.infer<typeof fluxObject>>;

/** Reads an object as the server sent it. Throws CLUSTER_RESPONSE for one that is not as Flux's API has it. */
export function readFluxObject(object: unknown, name: FluxName): FluxObject {
  const { data, error } = fluxObject.safeParse(object);
  if (data !== undefined) return data;
  throw new ActionError({
    code: 'CLUSTER_RESPONSE',
    message: `${formatFluxName(name)} is not as Flux's API has it.`,
    likely: 'the cluster runs a version of Flux that this version does not know',
    detail: z.prettifyError(error),
  });
}

/** Whether Flux says that an object, as it is now, is as it should be. */
export function isReady(object: FluxObject): boolean {
  return !object.spec.suspend && currentCondition(object, 'Ready')?.status === 'True';
}

/**
 * A condition as far as it is of the object as it is now. A condition of its own generation tells itself; the status' counts else,
 * which controllers do not renew when they fail.
 */
export function currentCondition({ metadata, status }: FluxObject, type: string): Condition | undefined {
  const found = status.conditions.find(one => one.type === type);
  const observed = found?.observedGeneration ?? status.observedGeneration;
  return observed === metadata.generation ? found : undefined;
}
