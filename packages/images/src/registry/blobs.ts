import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import { ActionError } from '@eks-gitops/errors';
import { type Digest, formatReference, type Repository } from '../reference.ts';
import { digestOf, verifyDigest, verifyStream } from './content.ts';
import type { Call, Exchange } from './exchange.ts';
import { readBytes, readText } from './read-body.ts';
import { type HttpResponse, resolveLocation } from './transport.ts';

export interface BlobName {
  readonly repository: Repository;
  readonly digest: Digest;
}

/** Blobs that are read whole are configurations: JSON, at most 4 MiB. */
const blobLimit = 4 * 1024 * 1024;

/** Reads a small blob whole, verified against its digest. */
export function getBlob(exchange: Exchange, name: BlobName): Promise<Buffer> {
  const call = blobCall(name, { method: 'GET', accept: [200] });
  return exchange.repeat(call, async () => {
    const bytes = await readBytes(await exchange.call(call), blobLimit);
    verifyDigest({ subject: nameOf(name), expected: name.digest, found: digestOf(bytes) });
    return bytes;
  });
}

/** Opens a blob of any size; the stream ends in DIGEST_MISMATCH when the content was not that of the digest. */
export async function openBlob(exchange: Exchange, name: BlobName): Promise<Readable> {
  const call = blobCall(name, { method: 'GET', accept: [200] });
  const { body } = await exchange.repeat(call, () => exchange.call(call));
  return pipeline(body, verifyStream({ subject: nameOf(name), digest: name.digest }), () => undefined);
}

export function hasBlob(exchange: Exchange, name: BlobName): Promise<boolean> {
  const call = blobCall(name, { method: 'HEAD', accept: [200, 404] });
  return exchange.repeat(call, async () => {
    const { status, body } = await exchange.call(call);
    await body.dump();
    return status === 200;
  });
}

export interface BlobPut extends BlobName {
  /** In bytes. */
  readonly size: number;
  /** Opens the content, anew for each try. */
  readonly open: () => Promise<Readable>;
  /** A repository of the same registry that holds the blob: it is mounted from there where the registry allows. */
  readonly from?: Repository | undefined;
}

/** Puts a blob into a repository: mounted without moving a byte, or streamed in one PUT (OCI distribution specification, "Pushing Blobs"). */
export function putBlob(exchange: Exchange, put: BlobPut): Promise<'mounted' | 'uploaded'> {
  const { repository, digest, size, open, from } = put;
  const query = from === undefined ? '' : `?${new URLSearchParams({ mount: digest, from: from.path })}`;
  const common = { repository, access: 'push', purpose: `write ${nameOf(put)}` } as const;
  const request = { registry: repository.registry, purpose: common.purpose };
  return exchange.repeat(request, async () => {
    const session = await exchange.call({
      ...common,
      target: `blobs/uploads/${query}`,
      method: 'POST',
      reads: from,
      headers: { 'content-length': '0' },
      accept: [201, 202],
    });
    await readText(session);
    if (session.status === 201) return 'mounted';
    const stored = await exchange.call({
      ...common,
      target: uploadTarget(session, digest),
      method: 'PUT',
      headers: { 'content-type': 'application/octet-stream', 'content-length': String(size) },
      body: open,
      accept: [200, 201, 202, 204],
    });
    await readText(stored);
    return 'uploaded';
  });
}

function uploadTarget({ url, headers }: HttpResponse, digest: Digest): URL {
  const location = headers.get('location');
  if (location === null) {
    throw new ActionError({
      code: 'REGISTRY_RESPONSE',
      message: `${url.host} opened an upload without saying where.`,
      expected: 'a Location header',
      found: 'none',
    });
  }
  const target = resolveLocation({ url, location });
  target.searchParams.set('digest', digest);
  return target;
}

function blobCall(name: BlobName, { method, accept }: Pick<Call, 'method' | 'accept'>): Call & { registry: string } {
  const { repository, digest } = name;
  const purpose = `read ${nameOf(name)}`;
  return { repository, registry: repository.registry, target: `blobs/${digest}`, method, access: 'pull', purpose, accept };
}

function nameOf({ repository, digest }: BlobName): string {
  return formatReference({ ...repository, digest });
}
