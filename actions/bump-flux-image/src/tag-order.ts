/** The `policy` part of an ImagePolicy, as a user writes it in one line. */
export type GivenTagOrder =
  | { readonly kind: 'alphabetical' | 'numerical'; readonly order: 'asc' | 'desc' }
  | { readonly kind: 'semver'; readonly range: string };

/** Reads `alphabetical`, `numerical desc`, `semver >=1.0.0`. */
export function parseTagOrder(text: string): GivenTagOrder {
  const [, kind = '', rest = ''] = /^\s*([a-z]+)[\s:]*(.*?)\s*$/i.exec(text) ?? [];
  const order = rest.toLowerCase() || 'asc';
  if (kind === 'semver' && rest !== '') return { kind, range: rest };
  if ((kind === 'alphabetical' || kind === 'numerical') && (order === 'asc' || order === 'desc')) return { kind, order };
  throw new Error(`"${text}" is no order of tags`);
}
