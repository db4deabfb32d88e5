import { isAlias, isCollection, isScalar, type ParsedNode, type Scalar, type YAMLMap } from 'yaml';
import type { MarkerForm } from '../markers/index.ts';
import { isSameImage, splitReference } from './image-name.ts';
import { isMapping, isSequence, keyOf, type Manifest, nodeAt, rootOf, textAt } from './manifest.ts';

/** A scalar to be marked. */
export interface Spot {
  readonly form: MarkerForm;
  readonly node: Scalar.Parsed;
}

/** A place of a manifest that names an image: one scalar, or several that name it together. */
export interface ImagePlace {
  readonly manifest: Manifest;
  readonly line: number;
  /** The keys down to it, such as `spec.template.spec.containers[ui].image`. */
  readonly trail: string;
  /** The image as it stands there. */
  readonly image: string;
  readonly spots: readonly Spot[];
  /** The container whose image it is. */
  readonly container?: string;
  /** Why no marker can be put there. */
  readonly problem?: string;
}

/**
 * Every place of a manifest that names an image: a key `image`, a mapping with `repository` and `tag` as Helm charts take it, an item of a
 * kustomization's `images`. Objects of Flux's image API name images too, but are none that run.
 */
export function imagePlaces(manifest: Manifest): readonly ImagePlace[] {
  return manifest.documents.flatMap(document => {
    const root = rootOf(document);
    const ofFlux = textAt(root, 'apiVersion')?.startsWith('image.toolkit.fluxcd.io/') ?? false;
    return root === undefined || ofFlux ? [] : placesIn({ manifest, node: root, trail: '', flow: false });
  });
}

/** The places that name one of the images. */
export function placesOfImage(places: readonly ImagePlace[], names: readonly string[]): readonly ImagePlace[] {
  return places.filter(({ image }) => names.some(name => isSameImage(splitReference(image).name, name)));
}

/** A place in words, with file and line. */
export function describePlace({ manifest, line, trail, image }: ImagePlace): string {
  return `${manifest.path}:${line} ${trail}: ${image}`;
}

/** Where the walk stands. `flow`: inside a flow collection, whose lines the controller gives no markers. */
export interface Standing {
  readonly manifest: Manifest;
  readonly node: ParsedNode | null;
  readonly trail: string;
  readonly flow: boolean;
}

function placesIn(at: Standing): readonly ImagePlace[] {
  const { node } = at;
  if (!isCollection(node)) return [];
  const here = isMapping(node) ? placeOfMap(at, node) : undefined;
  return [...(here === undefined ? [] : [here]), ...childrenOf(at).flatMap(placesIn)];
}

function placeOfMap(at: Standing, map: YAMLMap.Parsed): ImagePlace | undefined {
  return placeOfImageKey(at, map) ?? placeOfParts(at, map);
}

function placeOfImageKey(at: Standing, map: YAMLMap.Parsed): ImagePlace | undefined {
  const node = nodeAt(map, 'image');
  if (!isScalar(node) && !isAlias(node)) return undefined;
  const container = textAt(map, 'name');
  const place = placeOfScalar({ ...at, node, trail: joined(at.trail, 'image'), flow: at.flow || map.flow === true });
  return container === undefined ? place : { ...place, container };
}

/** The one scalar at which the walk stands, as a place that holds a whole reference, or what the form says. */
export function placeOfScalar({ manifest, node, trail, flow }: Standing, form: MarkerForm = 'reference'): ImagePlace {
  const image = isScalar(node) ? String(node.value) : '';
  const problem = problemOf({ manifest, node, flow });
  const spots = isScalar(node) ? [{ form, node: node }] : [];
  const line = manifest.line(node?.range[0] ?? 0);
  return { manifest, line, trail, image, spots, ...(problem === undefined ? {} : { problem }) };
}

/** A mapping that names an image by parts, if it does: of a Helm chart's values, or of a kustomization. */
export function placeOfParts(at: Standing, map: YAMLMap.Parsed): ImagePlace | undefined {
  const repository = textAt(map, 'repository');
  if (repository !== undefined) return placeOfValues(at, map, repository);
  const name = textAt(map, 'newName') ?? textAt(map, 'name');
  return /(?:^|\.)images\[[^\]]*\]$/.test(at.trail) && name !== undefined ? placeOfOverride(at, map, name) : undefined;
}

function placeOfValues(at: Standing, map: YAMLMap.Parsed, repository: string): ImagePlace {
  const registry = textAt(map, 'registry') ?? '';
  const place = partsOf(at, map, { repository: 'name', tag: 'tag', digest: 'digest' });
  const image = [registry, repository].filter(part => part !== '').join('/') + place.image;
  const apart = 'registry and repository stand apart, but a marker writes both: join them in repository';
  return { ...place, image, ...(registry === '' ? {} : { problem: apart }) };
}

function placeOfOverride(at: Standing, map: YAMLMap.Parsed, name: string): ImagePlace {
  const place = partsOf(at, map, { newName: 'name', newTag: 'tag', digest: 'digest' });
  return { ...place, image: name + place.image };
}

/** The scalars of a mapping that name an image together; `image` is its tag and digest. Without name or tag it would be set by half. */
function partsOf(at: Standing, map: YAMLMap.Parsed, forms: Readonly<Record<string, MarkerForm>>): ImagePlace {
  const flow = at.flow || map.flow === true;
  const parts = Object.entries(forms).map(([key, form]) => ({ key, form, node: nodeAt(map, key) }));
  const spots = parts.flatMap(({ form, node }) =>
    isScalar(node) && node.value !== null && node.value !== '' ? [{ form, node }] : [],
  );
  const missing = parts.find(({ form }) => form !== 'digest' && !spots.some(spot => spot.form === form))?.key;
  const problem = spots.map(({ node }) => problemOf({ ...at, node, flow })).find(text => text !== undefined);
  const lack = missing === undefined ? undefined : `there is no ${missing} beside it: write the one that runs`;
  const line = at.manifest.line(spots[0]?.node.range[0] ?? map.range[0]);
  const { manifest, trail } = at;
  const said = lack ?? problem;
  return { manifest, line, trail, image: spots.map(suffixOf).join(''), spots, ...(said === undefined ? {} : { problem: said }) };
}

function suffixOf({ form, node }: Spot): string {
  return form === 'tag' ? `:${node.source}` : form === 'digest' ? `@${node.source}` : '';
}

function problemOf({ manifest, node, flow }: Omit<Standing, 'trail'>): string | undefined {
  if (isAlias(node)) return 'it is an alias: give the place of its anchor';
  if (!isScalar(node)) return 'it is no scalar';
  if (flow) return 'it stands in a flow collection, whose markers the controller may pass over: write it in block style';
  if (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED') return 'it is a block scalar: write it in one line';
  const [start, end] = node.range;
  return manifest.text.slice(start, end).includes('\n') ? 'it takes several lines: write it in one' : undefined;
}

/** The values below a collection, each with its trail. */
export function childrenOf({ manifest, node, trail, flow }: Standing): readonly Standing[] {
  const inside = flow || (isCollection(node) && node.flow === true);
  if (isMapping(node)) {
    return node.items.map(pair => {
      return { manifest, node: pair.value, trail: joined(trail, keyOf(pair) ?? '?'), flow: inside };
    });
  }
  if (!isSequence(node)) return [];
  return node.items.map((item, index) => {
    const name = isMapping(item) ? textAt(item, 'name') : undefined;
    return { manifest, node: item, trail: `${trail}[${name ?? index}]`, flow: inside };
  });
}

function joined(trail: string, key: string): string {
  const word = /^[\w-]+$/.test(key) ? key : JSON.stringify(key);
  return trail === '' ? word : `${trail}.${word}`;
}
