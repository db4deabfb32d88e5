import { type Digest, formatReference, isDigest, type Reference } from '../reference.ts';
import { digestOf, verifyDigest } from './content.ts';
import { manifestMediaType, mediaTypes } from './documents.ts';
import type { Call, Exchange } from './exchange.ts';
import { readBytes, readText } from './read-body.ts';
import { responseError, saysNoRepository } from './response-error.ts';
import type { HttpResponse } from './transport.ts';

/** A manifest as the registry holds it: `digest` is that of `bytes`. */
export interface ManifestContent {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly bytes: Uint8Array;
}

export interface ManifestHead {
  readonly mediaType: string;
  readonly digest: Digest;
}

/** 4 MiB, the size that registries must accept at least (OCI distribution specification, "Pushing Manifests"). */
const manifestLimit = 4 * 1024 * 1024;
const accepted = Object.values(mediaTypes).join(', ');

export function getManifest(exchange: Exchange, reference: Reference): Promise<ManifestContent> {
  const call = readingCall(reference, { method: 'GET', accept: [200] });
  return exchange.repeat(call, async () => readManifest(reference, await exchange.call(call)));
}

/** What a repository that does not exist means: nothing is found in it, or REGISTRY_NOT_FOUND. */
export interface FindOptions {
  readonly missingRepository?: 'empty' | 'error';
}

export function findManifest(
  exchange: Exchange,
  reference: Reference,
  { missingRepository = 'empty' }: FindOptions = {},
): Promise<ManifestContent | undefined> {
  const call = readingCall(reference, { method: 'GET', accept: [200, 404] });
  return exchange.repeat(call, async () => {
    const response = await exchange.call(call);
    if (response.status === 200) return readManifest(reference, response);
    const refusal = { status: response.status, body: await readText(response) };
    if (missingRepository === 'error' && saysNoRepository(refusal)) throw responseError(call, refusal);
    return undefined;
  });
}

/** As {@link findManifest} without the content; a registry that tells no digest by HEAD is asked by GET. */
export async function headManifest(exchange: Exchange, reference: Reference): Promise<ManifestHead | undefined> {
  const call = readingCall(reference, { method: 'HEAD', accept: [200, 404] });
  const { status, headers } = await exchange.repeat(call, async () => {
    const response = await exchange.call(call);
    await response.body.dump();
    return response;
  });
  if (status === 404) return undefined;
  const digest = headers.get('docker-content-digest') ?? '';
  return isDigest(digest) ? { mediaType: contentType(headers), digest } : findManifest(exchange, reference);
}

export interface ManifestPut {
  readonly reference: Reference;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  /** `once` for a tag that others move too: whether to repeat is then for the caller to judge, after reading it again. */
  readonly tries: 'repeated' | 'once';
}

/** Writes a manifest under a tag or its digest, and checks the digest that the registry says it stored. */
export async function putManifest(exchange: Exchange, { reference, mediaType, bytes, tries }: ManifestPut): Promise<Digest> {
  const digest = digestOf(bytes);
  const call = {
    repository: reference,
    registry: reference.registry,
    target: manifestTarget(reference),
    method: 'PUT',
    access: 'push',
    headers: { 'content-type': mediaType },
    body: bytes,
    purpose: `write ${formatReference(reference)}`,
    tagging: 'tag' in reference,
    accept: [200, 201, 202],
  } satisfies Call & { registry: string };
  const put = async () => {
    const response = await exchange.call(call);
    await readText(response);
    return response.headers.get('docker-content-digest');
  };
  const stored = await (tries === 'once' ? exchange.once(call, put) : exchange.repeat(call, put));
  // Naming the digest is not required of registries: one that does not is asked for what it holds now.
  const found = stored ?? (await headManifest(exchange, reference))?.digest ?? 'nothing';
  verifyDigest({ subject: formatReference(reference), expected: digest, found });
  return digest;
}

function readingCall(reference: Reference, { method, accept }: Pick<Call, 'method' | 'accept'>): Call & { registry: string } {
  return {
    repository: reference,
    registry: reference.registry,
    target: manifestTarget(reference),
    method,
    access: 'pull',
    headers: { accept: accepted },
    purpose: `read ${formatReference(reference)}`,
    tagging: false,
    accept,
  };
}

function manifestTarget(reference: Reference): string {
  return `manifests/${'digest' in reference ? reference.digest : reference.tag}`;
}

async function readManifest(reference: Reference, response: HttpResponse): Promise<ManifestContent> {
  const bytes = await readBytes(response, manifestLimit);
  const digest = digestOf(bytes);
  const claimed = response.headers.get('docker-content-digest') ?? digest;
  verifyDigest({
    subject: formatReference(reference),
    expected: 'digest' in reference ? reference.digest : claimed,
    found: digest,
  });
  return { mediaType: manifestMediaType({ bytes, contentType: contentType(response.headers) }), digest, bytes };
}

function contentType(headers: Headers): string {
  return headers.get('content-type') ?? '';
}
