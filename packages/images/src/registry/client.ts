import type { Readable } from 'node:stream';
import { isLoopback, type ProxySettings } from '@eks-gitops/http';
import type { CredentialProvider } from '../credentials.ts';
import type { Digest, Reference, Repository } from '../reference.ts';
import { type BlobName, type BlobPut, getBlob, hasBlob, openBlob, putBlob } from './blobs.ts';
import { openExchange } from './exchange.ts';
import {
  type FindOptions,
  findManifest,
  getManifest,
  headManifest,
  type ManifestContent,
  type ManifestHead,
  type ManifestPut,
  putManifest,
} from './manifests.ts';
import { openTransport } from './transport.ts';

export interface RegistryOptions {
  readonly credentials: CredentialProvider;
  /** Cancels every request that is under way. */
  readonly signal: AbortSignal;
  /** Told of each repeated try. */
  readonly onNotice?: ((notice: string) => void) | undefined;
  /** Repositories that will be written to; their tokens are asked with the right to push at once, which saves asking twice. */
  readonly writes?: readonly Repository[];
  /** Hosts that are spoken to by plain http; by default this machine alone, as docker does. */
  readonly insecure?: (host: string) => boolean;
  /** Hosts of token servers that credentials may be shown to, beside the registry's own host. */
  readonly allowedRealms?: readonly string[];
  readonly proxy?: ProxySettings;
  /** Milliseconds before the second and third try. */
  readonly retryDelays?: readonly number[];
}

/**
 * Registries, spoken to by the OCI distribution specification 1.1. Every read is verified by its digest. Failures are
 * REGISTRY_DENIED, REGISTRY_NOT_FOUND, REGISTRY_UNREACHABLE, REGISTRY_RESPONSE, DIGEST_MISMATCH and, when a tag is set, TAG_IMMUTABLE.
 */
export interface Registry {
  readonly getManifest: (reference: Reference) => Promise<ManifestContent>;
  /** Undefined instead of REGISTRY_NOT_FOUND; a repository that is not there counts as empty, unless told otherwise. */
  readonly findManifest: (reference: Reference, options?: FindOptions) => Promise<ManifestContent | undefined>;
  readonly headManifest: (reference: Reference) => Promise<ManifestHead | undefined>;
  readonly putManifest: (put: ManifestPut) => Promise<Digest>;
  readonly getBlob: (name: BlobName) => Promise<Uint8Array>;
  readonly openBlob: (name: BlobName) => Promise<Readable>;
  readonly hasBlob: (name: BlobName) => Promise<boolean>;
  readonly putBlob: (put: BlobPut) => Promise<'mounted' | 'uploaded'>;
  /** Closes idle connections; without it they end by themselves after seconds and keep no process alive. */
  readonly close: () => Promise<void>;
}

export function openRegistry(options: RegistryOptions): Registry {
  const { credentials, signal, onNotice, writes = [], insecure = isLoopback, allowedRealms = [], proxy = {} } = options;
  const { retryDelays = [1000, 4000] } = options;
  const transport = openTransport({ proxy });
  const exchange = openExchange({ transport, credentials, signal, insecure, allowedRealms, writes, retryDelays, onNotice });
  return {
    getManifest: reference => getManifest(exchange, reference),
    findManifest: (reference, options) => findManifest(exchange, reference, options),
    headManifest: reference => headManifest(exchange, reference),
    putManifest: put => putManifest(exchange, put),
    getBlob: name => getBlob(exchange, name),
    openBlob: name => openBlob(exchange, name),
    hasBlob: name => hasBlob(exchange, name),
    putBlob: put => putBlob(exchange, put),
    close: transport.close,
  };
}
