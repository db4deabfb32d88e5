export type { BlobName, BlobPut } from './blobs.ts';
export { openRegistry, type Registry, type RegistryOptions } from './client.ts';
export { digestOf } from './content.ts';
export {
  type Descriptor,
  type ImageConfig,
  type ImageIndex,
  type ImageManifest,
  type ManifestDocument,
  mediaTypes,
  parseImageConfig,
  parseManifest,
} from './documents.ts';
export type { ManifestContent, ManifestHead, ManifestPut } from './manifests.ts';
