import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Digest, formatReference, isDigest, parseRepository, type Reference, type Repository } from '@eks-gitops/images';
import { type Descriptor, mediaTypes, openRegistry, type Registry } from '@eks-gitops/images/registry';
import { z } from 'zod';
import { makeBusyboxLayout } from './busybox-layout.ts';
import { withFolder } from './folder.ts';

export interface BusyboxImageOptions {
  /** Where it is pushed, as `startEcr` gives it. */
  readonly registry: { readonly host: string; readonly login: { readonly username: string; readonly password: string } };
  /** As in `shop/ui`. */
  readonly repository: string;
  readonly tag: string;
  /** As in {@link pageCommand}. */
  readonly command: readonly string[];
}

export interface BusyboxImage {
  /** By tag. */
  readonly reference: string;
  /** Of the index. */
  readonly digest: Digest;
}

const descriptor = z.object({ mediaType: z.string(), digest: z.custom<Digest>(isDigestValue), size: z.number() });
const index = z.object({ manifests: z.array(descriptor) });
const manifest = z.object({ config: descriptor, layers: z.array(descriptor) });

/** Pushes an image, of both architectures, that runs one of busybox's commands: real pods can be made of it. */
export async function pushBusyboxImage(options: BusyboxImageOptions): Promise<BusyboxImage> {
  const { host, login } = options.registry;
  const registry = openRegistry({ credentials: async () => ({ kind: 'basic', ...login }), signal: new AbortController().signal });
  const repository = parseRepository(`${host}/${options.repository}`);
  const reference = { ...repository, tag: options.tag };
  const digest = await withFolder('image', async folder => {
    const layout = await makeBusyboxLayout({ folder: join(folder, 'layout'), tag: options.tag, command: options.command });
    const push = { registry, repository, folder: layout.folder };
    for (const image of index.parse(await readJson(push, layout.digest)).manifests) {
      const { config, layers } = manifest.parse(await readJson(push, image.digest));
      for (const blob of [config, ...layers]) await pushBlob(push, blob);
      await pushManifest(push, { ...image, reference: { ...repository, digest: image.digest } });
    }
    await pushManifest(push, { mediaType: mediaTypes.ociIndex, digest: layout.digest, reference });
    return layout.digest;
  });
  await registry.close();
  return { reference: formatReference(reference), digest };
}

/** The command of a pod that answers with a text on port 8080, under `/` and `/home`. */
export function pageCommand(text: string): string[] {
  const script = 'mkdir /tmp/www; printf %s "$1" | tee /tmp/www/home > /tmp/www/index.html; exec httpd -f -p 8080 -h /tmp/www';
  return ['sh', '-c', script, 'page', text];
}

interface LayoutPush {
  readonly registry: Registry;
  readonly repository: Repository;
  readonly folder: string;
}

async function pushBlob({ registry, repository, folder }: LayoutPush, { digest, size }: Descriptor): Promise<void> {
  if (await registry.hasBlob({ repository, digest })) return;
  await registry.putBlob({ repository, digest, size, open: async () => createReadStream(fileOf(folder, digest)) });
}

interface StoredManifest {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly reference: Reference;
}

async function pushManifest({ registry, folder }: LayoutPush, { mediaType, digest, reference }: StoredManifest): Promise<void> {
  await registry.putManifest({ reference, mediaType, bytes: await readFile(fileOf(folder, digest)), tries: 'repeated' });
}

async function readJson({ folder }: LayoutPush, digest: Digest): Promise<unknown> {
  return JSON.parse(await readFile(fileOf(folder, digest), 'utf8'));
}

function fileOf(folder: string, digest: Digest): string {
  return join(folder, 'blobs', ...digest.split(':'));
}

function isDigestValue(value: unknown): boolean {
  return typeof value === 'string' && isDigest(value);
}
