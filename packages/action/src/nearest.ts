import { closest, distance } from 'fastest-levenshtein';

/** The name that was probably meant, when one is near enough to be no guess. */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const wanted = given.toLowerCase().replaceAll('_', '-');
  const found = closest(wanted, names);
  return distance(wanted, found) <= Math.max(1, Math.floor(wanted.length / 3)) ? found : undefined;
}
