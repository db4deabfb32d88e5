/**
 * A revision as Flux writes it: `main@sha1:<commit>`, `latest@sha256:<digest>`, `sha256:<digest>`, or, before Flux 2.0,
 * `main/<commit>`. Source: RFC 0005 of fluxcd/flux2.
 */
export interface Revision {
  /** The branch, tag or other name that was followed; a branch may hold slashes and at-signs. */
  readonly reference: string | undefined;
  readonly algorithm: string | undefined;
  /** Hex digits of the commit or digest. */
  readonly hash: string;
}

/** Undefined for what is none, such as a chart's version. */
export function parseRevision(text: string): Revision | undefined {
  const [, reference, algorithm, hash] = /^(?:(.*)[@/])?(?:(sha\d+):)?([0-9a-f]{40,64})$/.exec(text) ?? [];
  return hash === undefined ? undefined : { reference, algorithm, hash };
}

/** The commit of a git revision; undefined for an artifact's digest and for what is none. */
export function parseCommit(text: string): string | undefined {
  const { algorithm, hash } = parseRevision(text) ?? {};
  return algorithm === 'sha256' ? undefined : hash;
}

/** `main@sha1:ac8730e8`: short enough for a line that a person reads. */
export function shortRevision(text: string): string {
  return text.replace(/([0-9a-f]{8})[0-9a-f]{32,56}$/, '$1');
}
