import { createHash } from 'node:crypto';
import { formatPlatform } from '../platform.ts';
import { formatRepository } from '../reference.ts';
import type { BuildRequest } from './build-request.ts';

/** What of a build is not in its request: the commit, and the context's place in it. */
export interface BuildOrigin {
  readonly revision: string;
  /** Relative to the root of the work tree, so that two machines agree. */
  readonly contextPath: string;
}

/**
 * SHA-256, in hex, over what decides which image is asked for: equal means the same build. Of secrets only the names count. What only
 * says how to build (caches, pulling, the builder) is left out.
 */
export function inputsDigest(request: BuildRequest, { revision, contextPath }: BuildOrigin): string {
  const subject = {
    repository: formatRepository(request.repository),
    platform: formatPlatform(request.platform),
    revision,
    epoch: request.epoch.toISOString(),
    context: contextPath,
    file: request.file ?? '',
    target: request.target ?? '',
    buildArgs: request.buildArgs,
    buildContexts: request.buildContexts,
    labels: Object.entries(request.labels).sort(([a], [b]) => (a < b ? -1 : 1)),
    annotations: request.annotations,
    secrets: request.secrets.map(({ id }) => id).sort(),
    network: request.network ?? '',
    addHosts: request.addHosts,
    provenance: request.provenance,
    sbom: request.sbom,
  };
  return createHash('sha256').update(JSON.stringify(subject)).digest('hex');
}
