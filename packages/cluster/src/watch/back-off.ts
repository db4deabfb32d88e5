/** How long a watch waits before it tries again: not at all after the first interruption, then longer and longer. */
export interface BackOff {
  /** Milliseconds to wait after the next interruption, before jitter. */
  readonly next: () => number;
  /** Begins anew, after a connection that has held. */
  readonly reset: () => void;
  /** How many interruptions came since the last one that held. */
  readonly count: () => number;
}

const first = 250;
const longest = 5_000;

export function openBackOff(): BackOff {
  let count = 0;
  return {
    next: () => {
      count += 1;
      return count === 1 ? 0 : Math.min(first * 2 ** (count - 2), longest);
    },
    reset: () => {
      count = 0;
    },
    count: () => count,
  };
}
