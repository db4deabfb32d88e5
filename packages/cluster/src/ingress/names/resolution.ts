/** Who said so: the machine's hosts file, the servers of the name's own zone, or the system's resolver. */
export type Informant = 'hosts file' | 'own servers' | 'system';

/** What became of a name. */
export type Resolution =
  | { readonly kind: 'found'; readonly by: Informant; readonly addresses: readonly string[] }
  /** There is no such name, or it has no address, yet; `words` are the answer's own. */
  | { readonly kind: 'absent'; readonly by: Informant; readonly words: string };
