/** The first dotted number of a tool's version output, for example `0.38.2` of `github.com/docker/buildx v0.38.2 …`. */
export function findVersion(output: string): string | undefined {
  return /\d+(?:\.\d+)+/.exec(output)?.[0];
}

/** Whether a dotted version is at least another. */
export function isAtLeast(version: string, wanted: string): boolean {
  const [have, need] = [version, wanted].map(text => text.split('.').map(Number));
  for (const [index, part] of (need ?? []).entries()) {
    const difference = (have?.[index] ?? 0) - part;
    if (difference !== 0) return difference > 0;
  }
  return true;
}
