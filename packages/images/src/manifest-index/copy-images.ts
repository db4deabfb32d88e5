import type { Repository } from '../reference.ts';
import { type Descriptor, parseManifest, type Registry } from '../registry/index.ts';
import { readChild } from './read-images.ts';
import type { Source } from './source.ts';

export interface CopyRequest {
  readonly registry: Registry;
  readonly sources: readonly Source[];
  readonly to: Repository;
}

/** How many blobs are copied at once: mounted in one registry, which moves no byte, or streamed from one to another. */
const lanes = { mount: 16, stream: 4 } as const;

/** Brings images and attestations that live in another repository into this one: manifests by digest, blobs mounted or streamed. */
export async function copyImages({ registry, sources, to }: CopyRequest): Promise<void> {
  const foreign = sources.filter(({ repository }) => repository.registry !== to.registry || repository.path !== to.path);
  const manifests = await Promise.all(
    foreign.flatMap(({ repository, entries }) =>
      entries.map(async ({ descriptor }) => ({
        from: repository,
        descriptor,
        content: await readChild(registry, { repository, descriptor }),
      })),
    ),
  );
  const blobs = manifests.flatMap(({ from, content, descriptor }) =>
    blobsOf(parseManifest({ ...content, subject: descriptor.digest })).map(blob => ({ from, blob })),
  );
  const distinct = [...new Map(blobs.map(one => [one.blob.digest, one])).values()];
  const copy = ({ from, blob }: (typeof distinct)[number]) => copyBlob(registry, { from, blob, to });
  await Promise.all([
    inTurn(
      distinct.filter(({ from }) => from.registry === to.registry),
      { lanes: lanes.mount, work: copy },
    ),
    inTurn(
      distinct.filter(({ from }) => from.registry !== to.registry),
      { lanes: lanes.stream, work: copy },
    ),
  ]);
  await Promise.all(
    manifests.map(({ content, descriptor }) =>
      registry.putManifest({ ...content, reference: { ...to, digest: descriptor.digest }, tries: 'repeated' }),
    ),
  );
}

/** Layers with `urls` are fetched from there by whoever runs the image, and are in no repository. */
function blobsOf(document: ReturnType<typeof parseManifest>): Descriptor[] {
  if (document.kind !== 'image') return [];
  return [document.manifest.config, ...document.manifest.layers].filter(({ urls }) => urls === undefined);
}

async function copyBlob(
  registry: Registry,
  { from, blob, to }: { from: Repository; blob: Descriptor; to: Repository },
): Promise<void> {
  const { digest, size } = blob;
  const near = from.registry === to.registry;
  if (!near && (await registry.hasBlob({ repository: to, digest }))) return;
  const open = () => registry.openBlob({ repository: from, digest });
  await registry.putBlob({ repository: to, digest, size, open, ...(near ? { from } : {}) });
}

async function inTurn<T>(
  items: readonly T[],
  { lanes: width, work }: { lanes: number; work: (item: T) => Promise<void> },
): Promise<void> {
  const waiting = items.values();
  const lane = async () => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: width }, lane));
}
