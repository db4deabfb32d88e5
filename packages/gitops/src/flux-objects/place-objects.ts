import { type Draft, drafted } from './draft.ts';
import type { Home } from './kustomization.ts';
import { registered } from './kustomization.ts';
import { lineEnding } from './manifest.ts';

export interface Placing {
  /** From the repository's root. */
  readonly file: string;
  readonly home: Home;
  /** Whole documents, each with its last line break. */
  readonly documents: readonly string[];
}

/** Writes documents into a file, behind what it holds already, and lists the file in the kustomization of its home. */
export function placeObjects(draft: Draft, { file, home, documents }: Placing): Draft {
  if (documents.length === 0) return draft;
  const present = draft.texts.get(file);
  const written = drafted(draft, { texts: [[file, withDocuments(present, documents)]] });
  const { kustomization } = home;
  if (kustomization === undefined) {
    const note = `${file} needs no entry: without a kustomization above it, Flux applies every manifest of its path.`;
    return present === undefined ? drafted(written, { notes: [note] }) : written;
  }
  return drafted(written, { texts: [[kustomization.path, registered(kustomization, file)]] });
}

function withDocuments(present: string | undefined, documents: readonly string[]): string {
  if (present === undefined || present.trim() === '') return documents.join('---\n');
  const ending = lineEnding(present);
  const open = present.endsWith('\n') ? present : present + ending;
  const separator = /(?:^|\n)---[ \t]*\r?\n$/.test(open) ? '' : `---${ending}`;
  return open + separator + documents.join('---\n').replaceAll('\n', ending);
}
