import type { ContainerStatus, Pod, PodTemplate, Workload } from './objects.ts';

/** The image that a workload is to run. */
export interface ImageDemand {
  /** Repository with host, as templates write it. */
  readonly name: string;
  /** Without it, a template that names the image by another tag may still mean ours: the pods decide. */
  readonly tag?: string | undefined;
  /** Of the index, or of the image where there is no index. */
  readonly digest: string;
  /** The container that is to run it, whatever repository its image is pulled from. Default: those with an image of `name`. */
  readonly container?: string | undefined;
  /** Whether a tag that a template names is of a later release than ours. */
  readonly isNewer: (tag: string) => boolean;
}

/** Of digests that are not the demanded one: whether they are that image all the same. What is not in it is not known yet. */
export type KnownDigests = ReadonlyMap<string, boolean>;

interface TemplateContainer {
  readonly name: string;
  readonly image: string;
}

/** What a template says of the image: it is not there at all, ours, a later one, another one, or only the pods can tell. */
export interface TemplateImage {
  readonly kind: 'unused' | 'ours' | 'newer' | 'other' | 'unsaid';
  /** The containers that the demand is about, with their images. */
  readonly containers: readonly TemplateContainer[];
  /** Digests in the template that are not known yet. */
  readonly unknown: readonly string[];
}

/** Compares a workload's template with the demand. */
export function templateImage({ spec: { template } }: Workload, demand: ImageDemand, known: KnownDigests): TemplateImage {
  const containers = containersOf(template).filter(container => isMeant(container, demand));
  const kinds = containers.map(({ image }) => kindOf(image, demand, known));
  const unknown = containers.flatMap(({ image }) => {
    const { digest } = splitImage(image);
    return digest === undefined || digest === demand.digest || known.has(digest) ? [] : [digest];
  });
  return { kind: joined(kinds), containers, unknown };
}

function joined(kinds: readonly TemplateImage['kind'][]): TemplateImage['kind'] {
  if (kinds.length === 0) return 'unused';
  return (['newer', 'other', 'unsaid'] as const).find(kind => kinds.includes(kind)) ?? 'ours';
}

function kindOf(image: string, demand: ImageDemand, known: KnownDigests): TemplateImage['kind'] {
  const { tag, digest } = splitImage(image);
  if (digest !== undefined && (digest === demand.digest || known.get(digest) === true)) return 'ours';
  if (digest === undefined && demand.tag === undefined) return 'unsaid';
  if (digest === undefined && tag === demand.tag) return 'ours';
  return tag !== undefined && tag !== demand.tag && demand.isNewer(tag) ? 'newer' : 'other';
}

/** All containers of a template, those that run at the start too. */
export function containersOf({ spec: { containers, initContainers = [] } }: PodTemplate): readonly TemplateContainer[] {
  return [...initContainers, ...containers];
}

function isMeant({ name, image }: TemplateContainer, demand: ImageDemand): boolean {
  return demand.container === undefined ? splitImage(image).name === demand.name : name === demand.container;
}

/** The parts of a reference as manifests write it. */
export function splitImage(image: string): { name: string; tag?: string | undefined; digest?: string | undefined } {
  const [tagged = '', digest] = image.split('@');
  const colon = tagged.indexOf(':', tagged.lastIndexOf('/') + 1);
  return colon < 0 ? { name: tagged, digest } : { name: tagged.slice(0, colon), tag: tagged.slice(colon + 1), digest };
}

/** What a pod's container reports to run; without a digest while it has not told. */
export interface RunningImage {
  readonly pod: Pod;
  readonly container: string;
  readonly digest: string | undefined;
}

export function runningImages(pods: readonly Pod[], containers: readonly TemplateContainer[]): readonly RunningImage[] {
  return pods.flatMap(pod =>
    containers.map(({ name }) => {
      const status = statusesOf(pod).find(one => one.name === name);
      return { pod, container: name, digest: status === undefined ? undefined : digestIn(status.imageID) };
    }),
  );
}

export function statusesOf({ status: { initContainerStatuses, containerStatuses } }: Pod): readonly ContainerStatus[] {
  return [...initContainerStatuses, ...containerStatuses];
}

/** A status tells `repository@digest`, with `docker-pullable://` before it under docker, or the configuration's digest alone for an image without one. */
function digestIn(imageId: string): string | undefined {
  return /sha256:[0-9a-f]{64}$/.exec(imageId)?.[0];
}
