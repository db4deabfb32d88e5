import { posix } from 'node:path';
import { ActionError } from '@eks-gitops/errors';
import { isScalar, type YAMLSeq } from 'yaml';
import { printScalar } from '../markers/index.ts';
import { foldersUp } from './folder.ts';
import { entryAtEnd, itemAtEnd, linesAfter, styleOf } from './insert.ts';
import { isSequence, type Manifest, nodeAt, openManifest, rootOf, type Texts, textAt } from './manifest.ts';
import { spliced } from './text-edit.ts';

/** The names under which kustomize looks for a kustomization, in its order. */
const fileNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const;

/** The kustomizations of a folder and of those above it, nearest first. */
export function kustomizationsAbove(texts: Texts, folder: string): readonly Manifest[] {
  return foldersUp(folder).flatMap(each => {
    const path = fileNames.map(name => posix.join(each, name)).find(name => texts.has(name));
    return path === undefined ? [] : [openManifest(path, texts.get(path) ?? '')];
  });
}

/** Where new objects go. Without a kustomization Flux itself applies whatever lies in the folder. */
export interface Home {
  readonly folder: string;
  readonly kustomization?: Manifest;
}

export interface HomeWanted {
  readonly texts: Texts;
  /** The app's. */
  readonly folder: string;
  readonly namespace: string;
}

/**
 * Finds the folder for objects of one namespace beside an app: the app's, or, when a kustomization there would move them to another namespace or
 * rename them, the next one above that is out of its reach. Throws OBJECT_MISPLACED when there is none.
 */
export function homeOf({ texts, folder, namespace }: HomeWanted): Home {
  const above = kustomizationsAbove(texts, folder);
  const reach = above.findLastIndex(each => movesTo(each, namespace) !== undefined);
  const kustomization = above[reach + 1];
  if (reach === -1) return { folder, ...(kustomization === undefined ? {} : { kustomization }) };
  if (kustomization !== undefined) return { folder: posix.dirname(kustomization.path), kustomization };
  throw misplaced(above[reach], namespace, folder);
}

/** Throws OBJECT_MISPLACED when a kustomization would move or rename the objects of a given file. */
export function homeGiven({ texts, folder, namespace }: HomeWanted): Home {
  const above = kustomizationsAbove(texts, folder);
  const mover = above.find(each => movesTo(each, namespace) !== undefined);
  if (mover !== undefined) throw misplaced(mover, namespace, folder);
  return { folder, ...(above[0] === undefined ? {} : { kustomization: above[0] }) };
}

/** What a kustomization would do to objects of a namespace, in words; nothing when it leaves them where they are. */
function movesTo({ documents }: Manifest, namespace: string): string | undefined {
  const root = documents.map(rootOf).find(map => map !== undefined);
  const other = textAt(root, 'namespace');
  const prefix = textAt(root, 'namePrefix') ?? textAt(root, 'nameSuffix');
  if (other !== undefined && other !== namespace) return `moves all to the namespace ${other}`;
  return prefix === undefined || prefix === '' ? undefined : `renames all with ${prefix}`;
}

function misplaced(kustomization: Manifest | undefined, namespace: string, folder: string): ActionError {
  const does = kustomization === undefined ? '' : `${kustomization.path} ${movesTo(kustomization, namespace)}`;
  return new ActionError({
    code: 'OBJECT_MISPLACED',
    message: `Flux's image objects cannot stand in ${folder}.`,
    expected: `a place from which they reach the namespace ${namespace} under their own names`,
    found: does,
    remedy: 'give one with objects-file, such as a file beside the Flux Kustomization; nothing was written',
  });
}

/** The kustomization's text with a file among its resources; the same text when it is there already. */
export function registered({ path, text, documents }: Manifest, file: string): string {
  const root = documents.map(rootOf).find(map => map !== undefined);
  const resource = posix.relative(posix.dirname(path), file);
  const list = nodeAt(root, 'resources');
  if (root === undefined)
    return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}resources:\n  - ${printScalar(resource, 'plain')}\n`;
  if (isSequence(list)) return withItem(text, list, resource);
  const item = `- ${printScalar(resource, 'plain')}`;
  if (list !== undefined) return spliced(text, [linesAfter(text, list.range[0], [`  ${item}`])]);
  const entry = { lines: ['resources:', `  ${item}`], flow: `resources: [${printScalar(resource, 'plain')}]` };
  return spliced(text, [entryAtEnd(text, root, entry)]);
}

/** Written as the last item is: quoted or not, with or without a leading `./`. */
function withItem(text: string, list: YAMLSeq.Parsed, resource: string): string {
  const listed = list.items.flatMap(item => (isScalar(item) ? [String(item.value)] : []));
  if (listed.some(item => posix.normalize(item) === resource)) return text;
  const last = list.items.at(-1);
  const dotted = listed.length > 0 && listed.every(item => item.startsWith('./')) && !resource.startsWith('../');
  const item = printScalar(dotted ? `./${resource}` : resource, styleOf(last));
  return spliced(text, [itemAtEnd(text, list, item)]);
}
