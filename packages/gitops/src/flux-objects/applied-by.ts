import { ActionError } from '@eks-gitops/errors';
import { type Draft, manifestsIn } from './draft.ts';
import { isBelow } from './folder.ts';
import { rootOf, textAt } from './manifest.ts';

/** A Kustomization of Flux, which applies a folder of the repository. */
interface FluxKustomization {
  /** With file and line. */
  readonly place: string;
  readonly path: string;
  readonly targetNamespace: string | undefined;
}

/**
 * What is to be said of who applies a file; nothing when the repository tells it, or tells of no Kustomization of Flux at all.
 * Throws OBJECT_MISPLACED when a Kustomization would move its objects out of their namespace.
 */
export function notesOnApplying(draft: Draft, { file, namespace }: { file: string; namespace: string }): readonly string[] {
  const all = fluxKustomizations(draft);
  const applying = all.filter(({ path }) => isBelow(file, path));
  const moving = applying.find(({ targetNamespace }) => targetNamespace !== undefined && targetNamespace !== namespace);
  if (moving !== undefined) throw moved(file, namespace, moving);
  if (all.length === 0 || applying.length > 0) return [];
  return [`No Kustomization of Flux that was read applies ${file}: have one do it, or give another place with objects-file.`];
}

function fluxKustomizations(draft: Draft): readonly FluxKustomization[] {
  return manifestsIn(draft, text => text.includes('kustomize.toolkit.fluxcd.io/')).flatMap(({ path, documents, line }) =>
    documents.map(rootOf).flatMap(root => {
      const ours = textAt(root, 'apiVersion')?.startsWith('kustomize.toolkit.fluxcd.io/') ?? false;
      if (root === undefined || !ours || textAt(root, 'kind') !== 'Kustomization') return [];
      const targetNamespace = textAt(root, 'spec', 'targetNamespace');
      return [{ place: `${path}:${line(root.range[0])}`, path: textAt(root, 'spec', 'path') ?? '.', targetNamespace }];
    }),
  );
}

function moved(file: string, namespace: string, { place, targetNamespace }: FluxKustomization): ActionError {
  return new ActionError({
    code: 'OBJECT_MISPLACED',
    message: `Flux's image objects cannot stand in ${file}.`,
    expected: `a place from which they reach the namespace ${namespace}`,
    found: `${place} applies it with targetNamespace ${targetNamespace}`,
    remedy: 'give a place that another Kustomization applies with objects-file; nothing was written',
  });
}
