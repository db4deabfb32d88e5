import { Readable } from 'node:stream';
import { commitTimeLabel, formatReference, parsePlatform, type Repository, revisionLabel } from '@eks-gitops/images';
import { type Descriptor, digestOf, mediaTypes, type Registry } from '@eks-gitops/images/registry';

export interface SyntheticImage {
  /** Through which it is pushed. */
  readonly registry: Registry;
  readonly repository: Repository;
  readonly platform: string;
  readonly revision: string;
  /** RFC 3339. */
  readonly commitTime: string;
  /** Where it is staged; pushed by digest alone without. */
  readonly tag?: string;
  /** Makes it an index with the image and an attestation, as BuildKit does by default. */
  readonly attested?: boolean;
  /** Whether the manifest tells the commit by annotations beside the configuration's labels, as build-arch-image does. Default true. */
  readonly annotated?: boolean;
  /** In place of the labels that tell the commit. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Told in the attested index in place of the platform. */
  readonly claimedPlatform?: string;
  /** Makes another image of the same commit. */
  readonly content?: string;
  readonly format?: 'oci' | 'docker';
}

export interface PushedImage {
  /** Of the image's manifest. */
  readonly digest: Descriptor['digest'];
  /** Of what the tag names: the image's manifest, or the index around it. */
  readonly root: Descriptor['digest'];
  readonly layer: Descriptor;
}

/** Pushes a small image of a made-up platform and commit: its manifests are real, its one layer is a few bytes. */
export async function pushSyntheticImage(image: SyntheticImage): Promise<PushedImage> {
  const { platform, revision, commitTime, attested = false, annotated = true, content = '', format = 'oci' } = image;
  const labels = { [revisionLabel]: revision, [commitTimeLabel]: commitTime };
  const layer = await putBlob(image, types[format].layer, `layer of ${platform} ${revision} ${content}`);
  const config = await putBlob(
    image,
    types[format].config,
    JSON.stringify({
      ...parsePlatform(platform),
      config: { Labels: image.labels ?? labels },
      rootfs: { type: 'layers', diff_ids: [layer.digest] },
    }),
  );
  const manifest = await putManifest(image, {
    mediaType: types[format].manifest,
    document: { config, layers: [layer], ...(annotated && format === 'oci' ? { annotations: labels } : {}) },
    tag: attested ? undefined : image.tag,
  });
  if (!attested) return { digest: manifest.digest, root: manifest.digest, layer };
  const attestation = await pushAttestation(image, manifest);
  const described = { ...manifest, platform: parsePlatform(image.claimedPlatform ?? platform) };
  const index = await putManifest(image, {
    mediaType: mediaTypes.ociIndex,
    document: { manifests: [described, attestation] },
    tag: image.tag,
  });
  return { digest: manifest.digest, root: index.digest, layer };
}

const types = {
  oci: {
    manifest: mediaTypes.ociManifest,
    config: 'application/vnd.oci.image.config.v1+json',
    layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  },
  docker: {
    manifest: mediaTypes.dockerManifest,
    config: 'application/vnd.docker.container.image.v1+json',
    layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  },
} as const;

/** As BuildKit stores attestations (its documentation, "Image Attestation Storage"). */
async function pushAttestation(image: SyntheticImage, subject: Descriptor): Promise<Descriptor> {
  const statement = JSON.stringify({ _type: 'https://in-toto.io/Statement/v0.1', subject: [{ digest: subject.digest }] });
  const layer = await putBlob(image, 'application/vnd.in-toto+json', statement);
  const config = await putBlob(
    image,
    types.oci.config,
    JSON.stringify({ architecture: 'unknown', os: 'unknown', config: { Labels: { of: subject.digest } } }),
  );
  const manifest = await putManifest(image, {
    mediaType: mediaTypes.ociManifest,
    document: { config, layers: [layer] },
    tag: undefined,
  });
  return {
    ...manifest,
    annotations: { 'vnd.docker.reference.digest': subject.digest, 'vnd.docker.reference.type': 'attestation-manifest' },
    platform: { architecture: 'unknown', os: 'unknown' },
  };
}

async function putBlob({ registry, repository }: SyntheticImage, mediaType: string, text: string): Promise<Descriptor> {
  const bytes = Buffer.from(text);
  const descriptor = { mediaType, digest: digestOf(bytes), size: bytes.length };
  await registry.putBlob({ repository, digest: descriptor.digest, size: bytes.length, open: async () => Readable.from([bytes]) });
  return descriptor;
}

interface NewManifest {
  readonly mediaType: string;
  readonly document: object;
  readonly tag: string | undefined;
}

async function putManifest(
  { registry, repository }: SyntheticImage,
  { mediaType, document, tag }: NewManifest,
): Promise<Descriptor> {
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...document }));
  const digest = digestOf(bytes);
  const reference = tag === undefined ? { ...repository, digest } : { ...repository, tag };
  const stored = await registry.putManifest({ reference, mediaType, bytes, tries: 'repeated' });
  if (stored !== digest) throw new Error(`${formatReference(reference)} was stored as ${stored}`);
  return { mediaType, digest, size: bytes.length };
}
