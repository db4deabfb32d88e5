import { z } from 'zod';
import type { Cluster } from '../cluster.ts';
import { type FluxObject, readFluxObject } from './flux-object.ts';
import { type FluxName, formatFluxName, resourceName, resourcesIn } from './kinds.ts';
import { missing } from './watch-object.ts';

/** An ImagePolicy with the ImageRepository whose tags it chooses among. */
export interface PolicyOfRepository {
  readonly policy: FluxName;
  readonly repository: FluxName;
}

const named = z.object({ metadata: z.object({ name: z.string() }) });

/** Reads which repository a policy is of. Throws OBJECT_MISSING. */
export async function readPolicy(cluster: Cluster, policy: FluxName): Promise<PolicyOfRepository> {
  const found = await cluster.get(resourceName(policy));
  if (found === undefined) throw missing(policy);
  return { policy, repository: repositoryOf(readFluxObject(found, policy), policy) };
}

/** The policies of a repository that are in its namespace. */
export async function policiesOf(cluster: Cluster, repository: FluxName): Promise<readonly PolicyOfRepository[]> {
  const { namespace } = repository;
  const found = await cluster.list(resourcesIn('ImagePolicy', namespace));
  return found.flatMap(object => {
    const policy = { kind: 'ImagePolicy', namespace, name: named.parse(object).metadata.name } as const;
    const own = repositoryOf(readFluxObject(object, policy), policy);
    return formatFluxName(own) === formatFluxName(repository) ? [{ policy, repository }] : [];
  });
}

function repositoryOf({ spec }: FluxObject, policy: FluxName): FluxName {
  const { name = '', namespace = policy.namespace } = spec.imageRepositoryRef ?? {};
  return { kind: 'ImageRepository', namespace, name };
}
