export interface BackOffState {
  /** How many tries have failed, 1 and more. */
  readonly failed: number;
  /** Milliseconds that the last try took, from reading the head to being refused. */
  readonly tryTime: number;
  /** 0 to 1. */
  readonly random: number;
}

const widest = 32;
const shortest = 10;

/**
 * Milliseconds to wait before the next try: full jitter over a window that doubles with every failure. A try is lost when another
 * lands while it runs, so the window counts in tries: with n writers it must grow to about n times the time of a try, on any server.
 */
export function backOff({ failed, tryTime, random }: BackOffState): number {
  const window = Math.min(2 ** failed, widest) * Math.max(tryTime, shortest);
  return Math.round(window * random);
}
