import type { MarkerEdit } from '@eks-gitops/gitops/markers';

/** The parts of a text that stands where a reference is meant, well-formed or not. */
export interface ReferenceParts {
  readonly name: string;
  readonly tag: string;
  readonly digest: string;
}

export function splitReference(text: string): ReferenceParts {
  const [tagged = '', digest = ''] = text.split('@');
  const colon = tagged.indexOf(':', tagged.lastIndexOf('/') + 1);
  return colon < 0 ? { name: tagged, tag: '', digest } : { name: tagged.slice(0, colon), tag: tagged.slice(colon + 1), digest };
}

/**
 * What the markers of one policy named before, as references, each once: whole ones as they were, and what `:name`, `:tag` and
 * `:digest` markers beside each other spell together; a part without a marker is left out.
 */
export function previousReferences(edits: readonly MarkerEdit[]): readonly string[] {
  const references: string[] = [];
  let parts: Map<string, MarkerEdit> = new Map();
  const close = (): void => {
    if (parts.size > 0) references.push(joinParts(parts));
    parts = new Map();
  };
  for (const edit of edits) {
    const [first] = parts.values();
    if (edit.form === 'reference' || parts.has(edit.form) || (first !== undefined && first.path !== edit.path)) close();
    if (edit.form === 'reference') references.push(edit.previous);
    else parts.set(edit.form, edit);
  }
  close();
  return [...new Set(references)];
}

function joinParts(parts: ReadonlyMap<string, MarkerEdit>): string {
  const [name, tag, digest] = ['name', 'tag', 'digest'].map(form => parts.get(form)?.previous ?? '');
  return `${name}${tag === '' ? '' : `:${tag}`}${digest === '' ? '' : `@${digest}`}`;
}
