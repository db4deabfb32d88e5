import { posix } from 'node:path';
import type { PolicyName } from '../markers/index.ts';
import { type Draft, drafted, manifestAt, manifestsIn } from './draft.ts';
import { type IngressSettings, ingress } from './ingress.ts';
import { kustomizationsAbove } from './kustomization.ts';
import { rootOf, textAt } from './manifest.ts';
import { markedDocuments } from './mark.ts';
import { placeObjects } from './place-objects.ts';

export interface IngressWanted {
  readonly settings: IngressSettings;
  readonly policy: PolicyName;
  /** The file of the app, with the policy's marker. */
  readonly file: string;
}

/** Writes the Ingress beside the app, in the app's namespace; one of that name is left as it is. */
export function ensureIngress(draft: Draft, { settings, policy, file }: IngressWanted): Draft {
  const folder = posix.dirname(file);
  const kustomizations = kustomizationsAbove(draft.texts, folder);
  const moved = kustomizations.map(({ documents }) => textAt(documents.map(rootOf)[0], 'namespace')).findLast(Boolean);
  const namespace = settings.namespace ?? moved ?? namespaceIn(draft, policy, file);
  const [kustomization] = kustomizations;
  const present = manifestsIn(draft, text => text.includes('Ingress')).find(({ documents }) =>
    documents.map(rootOf).some(root => {
      const own = textAt(root, 'metadata', 'namespace') ?? namespace;
      return textAt(root, 'kind') === 'Ingress' && textAt(root, 'metadata', 'name') === settings.name && own === namespace;
    }),
  );
  if (present !== undefined) return drafted(draft, { notes: [`${present.path} holds an Ingress ${settings.name} already.`] });
  return placeObjects(draft, {
    file: posix.join(folder, 'ingress.yaml'),
    home: { folder, ...(kustomization === undefined ? {} : { kustomization }) },
    documents: [ingress({ ...settings, ...(namespace === undefined ? {} : { namespace }) })],
  });
}

/** The namespace of the object that holds the marker; a HelmRelease installs into its target namespace. */
function namespaceIn(draft: Draft, policy: PolicyName, file: string): string | undefined {
  const manifest = manifestAt(draft, file);
  const [document] = manifest === undefined ? [] : markedDocuments(manifest, policy);
  const root = document === undefined ? undefined : rootOf(document);
  return textAt(root, 'spec', 'targetNamespace') ?? textAt(root, 'metadata', 'namespace');
}
