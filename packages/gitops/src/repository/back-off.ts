export interface BackOffState {
  /** How many tries have failed, 1 and more. */
  readonly failed: number;
  /** Milliseconds that the last try took, from reading the head to being refused. */
  readonly tryTime: number;
  /** Milliseconds until the deadline. */
  readonly left: number;
  /** 0 to 1. */
  readonly random: number;
}

const growth = 4;
const widest = 64;
const shortest = 10;

/**
 * Milliseconds to wait before the next try: full jitter over a window of four tries' time more with every failure. A try is lost when
 * another lands while it runs, so what counts is the window in tries, on any server: with n writers it should come to about n. Growing
 * evenly, it gets there without overshooting for those who are left at the end; 50 writers then need about 2.8 tries each, where e is
 * the best that can be had (slotted ALOHA). Leaves time for a last try before the deadline.
 */
export function backOff({ failed, tryTime, left, random }: BackOffState): number {
  const time = Math.max(tryTime, shortest);
  const wait = Math.min(growth * failed, widest) * time * random;
  return Math.round(Math.max(0, Math.min(wait, left - 2 * time)));
}
