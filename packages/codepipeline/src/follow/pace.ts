export interface Pace {
  /** Looks in a row that showed nothing new. */
  readonly quiet: number;
  /** Refusals in a row because of too many requests. */
  readonly throttled: number;
  /** From 0 to 1, so that several steps do not ask at the same time. */
  readonly jitter: number;
}

const shortest = 1_000;
const longest = 15_000;
const longestThrottled = 60_000;

/**
 * Milliseconds until the next look: a second after a change, then half as long again each time up to 15 seconds; each refusal doubles
 * it, up to a minute. AWS publishes no rates for CodePipeline's API; a look is two requests.
 */
export function nextPause({ quiet, throttled, jitter }: Pace): number {
  const calm = Math.min(longest, shortest * 1.5 ** quiet);
  const pause = throttled === 0 ? calm : Math.min(longestThrottled, Math.max(calm, 2 * shortest) * 2 ** throttled);
  return Math.round(pause * (0.85 + 0.3 * jitter));
}
