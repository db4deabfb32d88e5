import { setTimeout as sleep } from 'node:timers/promises';
import { explainFailure } from './failure.ts';
import type { GitOutput } from './git.ts';

export interface OnlineRetry {
  /** A command that only reads, so that repeating it is safe. */
  readonly run: () => Promise<GitOutput>;
  readonly url: string;
  readonly signal: AbortSignal;
  readonly onNotice?: ((line: string) => void) | undefined;
}

/** Milliseconds before the second and the third try; each is stretched by a random 0 to 50 %. */
const delays = [1_000, 4_000];

/** Repeats a command whose failure may pass by itself: 5xx, 429, a connection that broke or timed out. Gives the last output. */
export async function retryOnline({ run, url, signal, onNotice }: OnlineRetry): Promise<GitOutput> {
  for (const delay of delays) {
    const output = await run();
    if (output.exitCode === 0 || !explainFailure({ output, url, doing: 'read' }).transient) return output;
    const wait = delay * (1 + Math.random() / 2);
    onNotice?.(`git could not read ${url}; trying again in ${(wait / 1000).toFixed(1)} s.`);
    await sleep(wait, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
  return run();
}
