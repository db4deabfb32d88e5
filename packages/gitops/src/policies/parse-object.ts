import { z } from 'zod';
import type { ImagePolicy, ImageUpdateAutomation } from './flux-objects.ts';

/** Where an object begins. */
export interface Place {
  readonly path: string;
  /** From 1. */
  readonly line: number;
}

/** An object that is not as its API wants it: wrong, or only a patch of another. */
export interface MalformedObject extends Place {
  readonly objectKind: 'ImagePolicy' | 'ImageUpdateAutomation';
  readonly namespace: string | undefined;
  readonly name: string;
  /** Which fields are wrong, and why. */
  readonly reason: string;
}

export type ObjectReading =
  | { readonly kind: 'policy'; readonly policy: ImagePolicy }
  | { readonly kind: 'automation'; readonly automation: ImageUpdateAutomation }
  | { readonly kind: 'malformed'; readonly object: MalformedObject }
  | { readonly kind: 'other' };

/** Null counts as not given, as for Kubernetes; fields that are not named here are fine. */
const optional = <Value extends z.ZodType>(schema: Value) => schema.nullish().transform(value => value ?? undefined);
const text = optional(z.string());
const flag = optional(z.boolean()).transform(value => value ?? false);
const labels = optional(z.record(z.string(), z.string())).transform(value => value ?? {});
const metadata = z.object({ name: z.string(), namespace: text, labels });
const reference = z.object({ name: z.string(), namespace: text });
const ordering = z.object({
  order: optional(
    z
      .string()
      .toLowerCase()
      .pipe(z.enum(['asc', 'desc'])),
  ),
});

const anyObject = z.object({
  apiVersion: z.string().startsWith('image.toolkit.fluxcd.io/'),
  kind: z.enum(['ImagePolicy', 'ImageUpdateAutomation']),
  metadata: z.object({ name: z.string(), namespace: text }),
});

const ruleChoice = z.object({
  semver: optional(z.object({ range: z.string() })),
  alphabetical: optional(ordering),
  numerical: optional(ordering),
});

const imagePolicy = z.object({
  metadata,
  spec: z.object({
    imageRepositoryRef: reference,
    filterTags: optional(z.object({ pattern: text, extract: text })),
    policy: ruleChoice.refine(({ semver, alphabetical, numerical }) => semver ?? alphabetical ?? numerical, {
      message: 'it holds none of semver, alphabetical and numerical',
    }),
    digestReflectionPolicy: optional(z.enum(['Never', 'IfNotPresent', 'Always'])),
    suspend: flag,
  }),
});

const requirement = z.object({
  key: z.string(),
  operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
  values: optional(z.array(z.string())).transform(value => value ?? []),
});

const imageUpdateAutomation = z.object({
  metadata,
  spec: z.object({
    sourceRef: reference.extend({ kind: text }),
    update: optional(z.object({ path: text, strategy: text })),
    policySelector: optional(
      z.object({ matchLabels: labels, matchExpressions: optional(z.array(requirement)).transform(value => value ?? []) }),
    ),
    git: optional(
      z.object({
        checkout: optional(z.object({ ref: optional(z.object({ branch: text })) })),
        push: optional(z.object({ branch: text })),
      }),
    ),
    suspend: flag,
  }),
});

/** Reads one value of a manifest as an object of Flux's image automation, of whatever version of its API. */
export function parseObject(value: unknown, place: Place): ObjectReading {
  const head = anyObject.safeParse(value);
  if (!head.success) return { kind: 'other' };
  const { kind: objectKind, metadata } = head.data;
  const malformed = (error: z.ZodError): ObjectReading => {
    const reason = z.prettifyError(error).replaceAll(/\s+/g, ' ');
    return { kind: 'malformed', object: { ...place, objectKind, ...metadata, reason } };
  };
  if (objectKind === 'ImagePolicy') {
    const { data, error } = imagePolicy.safeParse(value);
    return data === undefined ? malformed(error) : { kind: 'policy', policy: toPolicy(data, place) };
  }
  const { data, error } = imageUpdateAutomation.safeParse(value);
  return data === undefined ? malformed(error) : { kind: 'automation', automation: toAutomation(data, place) };
}

function toPolicy({ metadata, spec }: z.output<typeof imagePolicy>, place: Place): ImagePolicy {
  const { semver, alphabetical, numerical } = spec.policy;
  const [kind, order] = alphabetical
    ? (['alphabetical', alphabetical.order] as const)
    : (['numerical', numerical?.order] as const);
  return {
    ...place,
    ...metadata,
    suspend: spec.suspend,
    imageRepositoryRef: spec.imageRepositoryRef,
    digestReflectionPolicy: spec.digestReflectionPolicy ?? 'Never',
    rule: {
      origin: `the ImagePolicy ${metadata.name} (${place.path}:${place.line})`,
      filterTags: spec.filterTags && { pattern: spec.filterTags.pattern ?? '', extract: spec.filterTags.extract ?? '' },
      policy: semver ? { kind: 'semver', range: semver.range } : { kind, order: order ?? 'asc' },
    },
  };
}

function toAutomation({ metadata, spec }: z.output<typeof imageUpdateAutomation>, place: Place): ImageUpdateAutomation {
  const { sourceRef, update, git } = spec;
  return {
    ...place,
    name: metadata.name,
    namespace: metadata.namespace,
    suspend: spec.suspend,
    sourceRef: { ...sourceRef, kind: sourceRef.kind ?? 'GitRepository' },
    updatePath: update?.path ?? '',
    strategy: update?.strategy ?? 'Setters',
    policySelector: spec.policySelector,
    branch: git?.push?.branch ?? git?.checkout?.ref?.branch,
  };
}
