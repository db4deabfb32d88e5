import { ActionError } from '@eks-gitops/errors';
import type { Document, YAMLMap } from 'yaml';
import type { PolicyName } from '../markers/index.ts';
import { isMapping, isSequence, type Manifest, nodeAt, rootOf, textAt } from './manifest.ts';

export type ImageKind = 'ImageRepository' | 'ImagePolicy' | 'ImageUpdateAutomation';

/** An object of Flux's image API, of whatever version, where it stands. */
export interface ImageObject {
  readonly manifest: Manifest;
  readonly root: YAMLMap.Parsed;
  readonly line: number;
  readonly kind: ImageKind;
  readonly version: string;
  readonly name: string;
  /** Absent when a kustomization gives it. */
  readonly namespace?: string;
}

const kinds: readonly string[] = ['ImageRepository', 'ImagePolicy', 'ImageUpdateAutomation'] satisfies readonly ImageKind[];

/** The objects of Flux's image API in the manifests. */
export function imageObjects(manifests: readonly Manifest[]): readonly ImageObject[] {
  return manifests.flatMap(manifest =>
    manifest.documents.flatMap(rootsIn).flatMap(root => {
      const object = imageObject(manifest, root);
      return object === undefined ? [] : [object];
    }),
  );
}

/** The object that a document is, or those of a List. */
function rootsIn(document: Document.Parsed): readonly YAMLMap.Parsed[] {
  const root = rootOf(document);
  const items = textAt(root, 'kind') === 'List' ? nodeAt(root, 'items') : undefined;
  if (isSequence(items)) return items.items.filter(isMapping);
  return root === undefined ? [] : [root];
}

function imageObject(manifest: Manifest, root: YAMLMap.Parsed): ImageObject | undefined {
  const version = /^image\.toolkit\.fluxcd\.io\/(.+)$/.exec(textAt(root, 'apiVersion') ?? '')?.[1];
  const kind = textAt(root, 'kind');
  const name = textAt(root, 'metadata', 'name');
  if (version === undefined || name === undefined || !isImageKind(kind)) return undefined;
  const namespace = textAt(root, 'metadata', 'namespace');
  const line = manifest.line(root.range[0]);
  return { manifest, root, line, kind, version, name, ...(namespace === undefined ? {} : { namespace }) };
}

function isImageKind(kind: string | undefined): kind is ImageKind {
  return kind !== undefined && kinds.includes(kind);
}

/**
 * The one object of a kind and name, if there is one; an object that does not tell its namespace is taken for it.
 * Throws OBJECT_CONFLICT when there are several, as where two clusters share a repository.
 */
export function objectNamed(
  objects: readonly ImageObject[],
  kind: ImageKind,
  { namespace, name }: PolicyName,
): ImageObject | undefined {
  const [first, ...others] = objects.filter(
    object => object.kind === kind && object.name === name && (object.namespace ?? namespace) === namespace,
  );
  if (first === undefined || others.length === 0) return first;
  throw new ActionError({
    code: 'OBJECT_CONFLICT',
    message: `There are several objects ${kind} ${namespace}/${name}.`,
    detail: [first, ...others].map(describeObject).join('\n'),
    likely: 'the repository holds several clusters, each with its own',
    remedy: 'narrow path to the manifests of one cluster; nothing was written',
  });
}

/** An object with file and line. */
export function describeObject({ manifest, line, kind, name, namespace }: ImageObject): string {
  return `${manifest.path}:${line}: ${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
