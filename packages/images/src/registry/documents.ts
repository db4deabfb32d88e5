import { ActionError } from '@eks-gitops/errors';
import { tryJson } from '@eks-gitops/http';
import { z } from 'zod';
import { isDigest } from '../reference.ts';

export const mediaTypes = {
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
} as const;

const digest = z.custom<`sha256:${string}`>(value => typeof value === 'string' && isDigest(value), 'not a sha256 digest');
const annotations = z.record(z.string(), z.string());

const platform = z.object({
  architecture: z.string(),
  os: z.string(),
  'os.version': z.string().optional(),
  'os.features': z.array(z.string()).optional(),
  variant: z.string().optional(),
});

/** A content descriptor; fields in the order of the specification's own Go type, which is the order they are written in. */
const descriptor = z.object({
  mediaType: z.string(),
  digest,
  size: z.number().int().nonnegative(),
  urls: z.array(z.string()).optional(),
  annotations: annotations.optional(),
  data: z.string().optional(),
  platform: platform.optional(),
  artifactType: z.string().optional(),
});

const imageManifest = z.object({
  schemaVersion: z.literal(2),
  mediaType: z.string().optional(),
  config: descriptor,
  layers: z.array(descriptor),
  annotations: annotations.optional(),
});

const imageIndex = z.object({
  schemaVersion: z.literal(2),
  mediaType: z.string().optional(),
  manifests: z.array(descriptor),
  annotations: annotations.optional(),
});

const imageConfig = z.object({
  architecture: z.string().min(1),
  os: z.string().min(1),
  variant: z.string().optional(),
  config: z.object({ Labels: annotations.nullish() }).nullish(),
});

/** OCI image specification, "Content Descriptors". */
export type Descriptor = z.infer<typeof descriptor>;
export type ImageManifest = z.infer<typeof imageManifest>;
export type ImageIndex = z.infer<typeof imageIndex>;
/** The part of an image's configuration that says what it is for and where it came from. */
export type ImageConfig = z.infer<typeof imageConfig>;

/** A manifest, by what it is: an image's (OCI or docker schema 2), an index of them (or docker's list), or neither. */
export type ManifestDocument =
  | { readonly kind: 'image'; readonly manifest: ImageManifest }
  | { readonly kind: 'index'; readonly index: ImageIndex }
  | { readonly kind: 'other' };

/** Reads a manifest of the given media type. Throws REGISTRY_RESPONSE, naming `subject`, when it is not what the media type says. */
export function parseManifest({
  mediaType,
  bytes,
  subject,
}: {
  mediaType: string;
  bytes: Uint8Array;
  subject: string;
}): ManifestDocument {
  switch (mediaType) {
    case mediaTypes.ociManifest:
    case mediaTypes.dockerManifest:
      return { kind: 'image', manifest: parseJson(imageManifest, { bytes, subject, what: 'an image manifest' }) };
    case mediaTypes.ociIndex:
    case mediaTypes.dockerList:
      return { kind: 'index', index: parseJson(imageIndex, { bytes, subject, what: 'an image index' }) };
    default:
      return { kind: 'other' };
  }
}

/** Reads an image's configuration (OCI image specification, "Image Configuration"). Throws REGISTRY_RESPONSE. */
export function parseImageConfig({ bytes, subject }: { bytes: Uint8Array; subject: string }): ImageConfig {
  return parseJson(imageConfig, { bytes, subject, what: 'an image configuration' });
}

const declared = z.object({ mediaType: z.string().optional() });

/** The media type of a manifest: what its content declares, else what the registry's Content-Type said. */
export function manifestMediaType({ bytes, contentType }: { bytes: Uint8Array; contentType: string | undefined }): string {
  const own = declared.safeParse(tryJson(Buffer.from(bytes).toString('utf8'))).data?.mediaType;
  return own ?? contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
}

function parseJson<T>(schema: z.ZodType<T>, { bytes, subject, what }: { bytes: Uint8Array; subject: string; what: string }): T {
  const parsed = schema.safeParse(tryJson(Buffer.from(bytes).toString('utf8')));
  if (parsed.success) return parsed.data;
  throw new ActionError({
    code: 'REGISTRY_RESPONSE',
    message: `${subject} is not well-formed.`,
    expected: what,
    found: z.prettifyError(parsed.error),
  });
}
