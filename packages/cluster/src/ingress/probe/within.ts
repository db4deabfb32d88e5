export interface WithinOptions {
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly limit: number;
}

/**
 * Runs `run` with a signal that is aborted when the time is over, too. Rejects with the reason of `signal`, with an error of code
 * ETIMEDOUT when the time was over, else as `run` does.
 */
export async function within<T>({ signal, limit }: WithinOptions, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const late = AbortSignal.timeout(limit);
  try {
    return await run(AbortSignal.any([signal, late]));
  } catch (thrown) {
    signal.throwIfAborted();
    if (late.aborted) throw Object.assign(new Error(`nothing came back within ${limit / 1000} s`), { code: 'ETIMEDOUT' });
    throw thrown;
  }
}
