/** Lets one waiter sleep until something happens. What happens while it does not sleep is not lost. */
export interface Bell {
  readonly ring: () => void;
  readonly fail: (thrown: unknown) => void;
  /** Resolves at the next ring, at once after one that nobody has heard, or after `within` milliseconds; rejects with a failure, or the signal's reason. */
  readonly heard: (options: { readonly within: number | undefined; readonly signal: AbortSignal }) => Promise<void>;
}

/** The longest time that a timer of Node takes, in milliseconds. */
const longest = 2 ** 31 - 1;

export function hangBell(): Bell {
  let next = Promise.withResolvers<'rung'>();
  let failure: { readonly thrown: unknown } | undefined;
  const ring = (): void => next.resolve('rung');
  const heard: Bell['heard'] = async ({ within, signal }) => {
    signal.throwIfAborted();
    const ended = Promise.withResolvers<'late'>();
    const abort = (): void => ended.reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    const timer = within === undefined ? undefined : setTimeout(ended.resolve, Math.min(Math.max(within, 0), longest), 'late');
    try {
      const what = await Promise.race([next.promise, ended.promise]);
      if (what === 'rung') next = Promise.withResolvers();
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    }
    if (failure !== undefined) throw failure.thrown;
  };
  const fail = (thrown: unknown): void => {
    failure ??= { thrown };
    ring();
  };
  return { ring, fail, heard };
}
