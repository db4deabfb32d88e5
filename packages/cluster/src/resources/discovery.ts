import { ActionError } from '@eks-gitops/errors';
import { tryJson } from '@eks-gitops/http';
import { z } from 'zod';
import type { Exchange } from '../http/exchange.ts';
import { groupOf, knownResource } from './kinds.ts';
import { versionPath } from './path.ts';

const resourceList = z.object({ resources: z.array(z.object({ name: z.string(), kind: z.string() })) });

export interface KindName {
  readonly apiVersion: string;
  readonly kind: string;
}

/** Finds a kind's resource name: in the table of known kinds, else by asking the server, once for each apiVersion. Throws KIND_UNKNOWN. */
export function openDiscovery(exchange: Exchange): (kind: KindName) => Promise<string> {
  const asked = new Map<string, Promise<ReadonlyMap<string, string>>>();
  const resourcesOf = (kind: KindName): Promise<ReadonlyMap<string, string>> => {
    const { apiVersion } = kind;
    const standing = asked.get(apiVersion) ?? discover(exchange, kind);
    asked.set(apiVersion, standing);
    standing.catch(() => asked.delete(apiVersion));
    return standing;
  };
  return async kind => {
    const resource = knownResource(kind) ?? (await resourcesOf(kind)).get(kind.kind);
    if (resource !== undefined) return resource;
    // A definition may have come since.
    asked.delete(kind.apiVersion);
    throw kindUnknown(kind);
  };
}

async function discover(exchange: Exchange, kind: KindName): Promise<ReadonlyMap<string, string>> {
  const { apiVersion } = kind;
  const outcome = await exchange.repeat({
    method: 'GET',
    path: versionPath(apiVersion),
    purpose: `read which kinds ${apiVersion} has`,
    right: { verbs: ['get'], group: groupOf(apiVersion), resource: '*' },
  });
  if (outcome.kind === 'refused') throw outcome.error;
  if (outcome.kind === 'not-found') throw kindUnknown(kind);
  const resources = resourceList.safeParse(tryJson(outcome.value)).data?.resources ?? [];
  return new Map(resources.flatMap(({ name, kind: found }) => (name.includes('/') ? [] : [[found, name]])));
}

export function kindUnknown({ apiVersion, kind }: KindName): ActionError {
  const isFlux = apiVersion.includes('.toolkit.fluxcd.io/');
  return new ActionError({
    code: 'KIND_UNKNOWN',
    message: `The cluster does not serve the kind ${kind} in ${apiVersion}.`,
    likely: isFlux
      ? "Flux is not installed in this cluster, lacks this controller, or is of a version that has another version of the kind's API"
      : 'the definition of the kind is not installed, or the version or the kind is misspelt',
    remedy: isFlux ? 'Check with: flux check, and install or upgrade Flux.' : `Check with: kubectl api-resources.`,
  });
}
