import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { createFolder, removeFolder } from '../folder.ts';
import { startProcess } from '../process.ts';
import { requireTool } from '../toolchain/find.ts';
import { formatRuntimeSpec, type RunConfig, resolveUser } from './runtime-spec.ts';

export interface ContainerOptions {
  readonly image: RunConfig;
  /** Folder with the image's unpacked files. */
  readonly rootfs: string;
  /** Looks for an answer of it; undefined means not yet. */
  readonly ready: () => Promise<string | undefined>;
  /** Seconds that it may take to answer. */
  readonly within: number;
}

export interface Container {
  /** What `ready` found. */
  readonly answer: string;
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

/** Starts an unpacked image with runc, in the network of this process (needs root), and waits until it answers. */
export async function startContainer({ image, rootfs, ready, within }: ContainerOptions): Promise<Container> {
  const runc = await requireTool('runc');
  const folder = await createFolder('container');
  const id = `eks-gitops-${randomUUID()}`;
  const files = { passwd: await readQuietly(join(rootfs, 'etc/passwd')), group: await readQuietly(join(rootfs, 'etc/group')) };
  const user = resolveUser({ user: image.config?.User ?? '', ...files });
  await writeFile(join(folder, 'config.json'), formatRuntimeSpec({ image, user, rootfs }));
  const state = `--root=${join(folder, 'runc')}`;
  const remove = async (): Promise<void> => {
    await execa(runc, [state, 'delete', '--force', id], { reject: false });
  };
  const server = await startProcess({
    name: `the ${image.architecture} container`,
    command: runc,
    args: [state, 'run', `--bundle=${folder}`, id],
    folder,
    ready,
    within,
  }).catch(async error => {
    await remove();
    await removeFolder(folder);
    throw error;
  });
  const stop = async (): Promise<void> => {
    await remove();
    await server.stop();
    await removeFolder(folder);
  };
  return { answer: server.sign, log: server.log, stop };
}

async function readQuietly(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}
