export interface WeighedFile {
  readonly file: string;
  readonly weight: number;
}

/** Deals files out to so many lanes, the heaviest first and each to the lane that has least. */
export function shareOut(files: readonly WeighedFile[], lanes: number): readonly (readonly string[])[] {
  const shares = Array.from({ length: lanes }, () => ({ files: [] as string[], weight: 0 }));
  for (const { file, weight } of [...files].sort((one, other) => other.weight - one.weight || compare(one.file, other.file))) {
    const lightest = shares.reduce((least, share) => (share.weight < least.weight ? share : least));
    lightest.files.push(file);
    lightest.weight += weight;
  }
  return shares.map(share => share.files);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : 1;
}
