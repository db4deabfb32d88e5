/** The middle of some samples, and the quartiles as their spread. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

export function spreadOf(samples: readonly number[]): Spread {
  const sorted = samples.toSorted((a, b) => a - b);
  return { median: quantile(sorted, 0.5), low: quantile(sorted, 0.25), high: quantile(sorted, 0.75) };
}

/** Ratios of samples that were taken in the same rounds, so that what slows the machine for a while slows both. */
export function ratiosOf(samples: readonly number[], base: readonly number[]): Spread {
  return spreadOf(samples.map((sample, round) => sample / (base[round] ?? Number.NaN)));
}

/** Between two samples it is interpolated. */
function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const [below, above] = [Math.floor(place), Math.ceil(place)].map(index => sorted[index] ?? Number.NaN);
  return (below ?? Number.NaN) + ((above ?? Number.NaN) - (below ?? Number.NaN)) * (place % 1);
}
