import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { requireTool } from './toolchain/find.ts';

/** An image in an OCI layout (OCI image specification, "Image Layout Specification"). */
export interface ImageLayout {
  readonly folder: string;
  /** Of the index in it. */
  readonly digest: `sha256:${string}`;
}

export interface BusyboxLayoutOptions {
  /** Where the layout goes; it is made. */
  readonly folder: string;
  /** The name by which the layout holds the image. */
  readonly tag: string;
  /** What the image runs; default `sh`. */
  readonly command?: readonly string[];
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: `sha256:${string}`;
  readonly size: number;
}

const oci = 'application/vnd.oci.image';
const architectures = ['amd64', 'arm64'] as const;

/**
 * Makes the base image of the sample shop, `busybox`, for both architectures out of Debian's static busybox: what stands in where no
 * image can be pulled.
 */
export async function makeBusyboxLayout({ folder, tag, command = ['sh'] }: BusyboxLayoutOptions): Promise<ImageLayout> {
  await mkdir(join(folder, 'blobs', 'sha256'), { recursive: true });
  const native = await requireTool('busybox-amd64');
  const applets = (await execa(native, ['--list'])).stdout.split('\n').filter(applet => applet !== 'busybox');
  const images: object[] = [];
  for (const architecture of architectures) {
    images.push({ ...(await putImage({ folder, architecture, applets, command })), platform: { os: 'linux', architecture } });
  }
  const index = await putJson(folder, `${oci}.index.v1+json`, { manifests: images });
  const named = { ...index, annotations: { 'org.opencontainers.image.ref.name': tag } };
  await writeFile(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [named] }));
  await writeFile(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  return { folder, digest: index.digest };
}

interface BusyboxImage {
  readonly folder: string;
  readonly architecture: (typeof architectures)[number];
  readonly applets: readonly string[];
  readonly command: readonly string[];
}

async function putImage({ folder, architecture, applets, command }: BusyboxImage): Promise<Descriptor> {
  const files = join(folder, `rootfs-${architecture}`);
  await layOut(files, { busybox: await requireTool(`busybox-${architecture}`), applets });
  const archive = join(folder, `rootfs-${architecture}.tar`);
  await execa('tar', [
    '--sort=name',
    '--mtime=@0',
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '-C',
    files,
    '-cf',
    archive,
    '.',
  ]);
  const layer = await putBlob(folder, `${oci}.layer.v1.tar`, await readFile(archive));
  await Promise.all([rm(files, { recursive: true }), rm(archive)]);
  const config = await putJson(folder, `${oci}.config.v1+json`, {
    os: 'linux',
    architecture,
    config: { Env: ['PATH=/bin'], Cmd: command },
    rootfs: { type: 'layers', diff_ids: [layer.digest] },
  });
  return putJson(folder, `${oci}.manifest.v1+json`, { config, layers: [layer] });
}

async function layOut(files: string, { busybox, applets }: { busybox: string; applets: readonly string[] }): Promise<void> {
  const bin = join(files, 'bin');
  await mkdir(bin, { recursive: true });
  await mkdir(join(files, 'tmp'));
  await chmod(join(files, 'tmp'), 0o1777);
  await copyFile(busybox, join(bin, 'busybox'));
  for (const applet of applets) await symlink('busybox', join(bin, applet));
}

/** Manifests carry their media type; a configuration has no place for one. */
async function putJson(folder: string, mediaType: string, document: object): Promise<Descriptor> {
  const head = mediaType.includes('.config.') ? {} : { schemaVersion: 2, mediaType };
  return putBlob(folder, mediaType, Buffer.from(JSON.stringify({ ...head, ...document })));
}

async function putBlob(folder: string, mediaType: string, bytes: Uint8Array): Promise<Descriptor> {
  const hex = createHash('sha256').update(bytes).digest('hex');
  await writeFile(join(folder, 'blobs', 'sha256', hex), bytes);
  return { mediaType, digest: `sha256:${hex}`, size: bytes.length };
}
