import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import type { Repository } from '@eks-gitops/images';
import { type Descriptor, digestOf, mediaTypes, type Registry } from '@eks-gitops/images/registry';
import { execa } from 'execa';
import { withFolder } from './folder.ts';
import type { RepositoryFiles } from './git/bare-repository.ts';

export interface FluxArtifact {
  /** Through which it is pushed. */
  readonly registry: Registry;
  readonly repository: Repository;
  readonly tag: string;
  readonly files: RepositoryFiles;
  /** The revision that it was made of, as `main@sha1:<commit>`; told by an annotation. */
  readonly revision?: string;
}

/** Pushes files as `flux push artifact` does, and gives the digest. Source: fluxcd/pkg, oci/push.go. */
export async function pushFluxArtifact(artifact: FluxArtifact): Promise<Descriptor['digest']> {
  const { registry, repository, tag, files, revision } = artifact;
  const config = await putBlob(artifact, 'application/vnd.cncf.flux.config.v1+json', Buffer.from('{}'));
  const layer = await putBlob(artifact, 'application/vnd.cncf.flux.content.v1.tar+gzip', await pack(files));
  const annotations = {
    'org.opencontainers.image.created': new Date().toISOString(),
    ...(revision === undefined ? {} : { 'org.opencontainers.image.revision': revision }),
  };
  const mediaType = mediaTypes.ociManifest;
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, config, layers: [layer], annotations }));
  await registry.putManifest({ reference: { ...repository, tag }, mediaType, bytes, tries: 'repeated' });
  return digestOf(bytes);
}

async function pack(files: RepositoryFiles): Promise<Uint8Array> {
  return withFolder('artifact', async own => {
    const folder = join(own, 'content');
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
    return (await execa('tar', ['-czf', '-', '-C', folder, '.'], { encoding: 'buffer' })).stdout;
  });
}

async function putBlob({ registry, repository }: FluxArtifact, mediaType: string, bytes: Uint8Array): Promise<Descriptor> {
  const digest = digestOf(bytes);
  await registry.putBlob({ repository, digest, size: bytes.length, open: async () => Readable.from([bytes]) });
  return { mediaType, digest, size: bytes.length };
}
