import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { startBuildkit } from '../buildkit.ts';
import { requireTool } from '../toolchain/find.ts';

export interface ExportOptions {
  /** The image by digest, `REPOSITORY@sha256:…`: of an index, then `platform` chooses from it, or of a manifest. */
  readonly image: string;
  readonly platform: string;
  readonly registry: { readonly host: string; readonly ca: string; readonly username: string; readonly password: string };
  /** Empty folder to work in; the files go to `rootfs` in it. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** Pulls an image by an empty BuildKit of its own, so that every byte comes from the registry, and unpacks it. Returns the root folder. */
export async function exportImage({ image, platform, registry, folder, signal }: ExportOptions): Promise<string> {
  const config = join(folder, 'docker-config');
  const empty = join(folder, 'empty');
  const rootfs = join(folder, 'rootfs');
  const archive = join(folder, 'rootfs.tar');
  await Promise.all([mkdir(config, { mode: 0o700 }), mkdir(empty), mkdir(rootfs)]);
  const auth = Buffer.from(`${registry.username}:${registry.password}`).toString('base64');
  await writeFile(join(config, 'config.json'), JSON.stringify({ auths: { [registry.host]: { auth } } }), { mode: 0o600 });
  const buildkit = await startBuildkit({ registries: [{ host: registry.host, ca: registry.ca }] });
  try {
    const buildx = await requireTool('buildx');
    const env = { DOCKER_CONFIG: config, BUILDX_CONFIG: config };
    await execa(buildx, ['create', '--name=pulling', '--driver=remote', buildkit.address], { env, cancelSignal: signal });
    await execa(
      buildx,
      ['build', '--builder=pulling', `--platform=${platform}`, `--output=type=tar,dest=${archive}`, '--file=-', empty],
      { env, cancelSignal: signal, input: `FROM ${image}\n` },
    );
  } finally {
    await buildkit.stop();
  }
  await execa('tar', ['--extract', '--numeric-owner', '--preserve-permissions', `--file=${archive}`, `--directory=${rootfs}`]);
  await Promise.all([rm(archive), rm(config, { recursive: true })]);
  return rootfs;
}
