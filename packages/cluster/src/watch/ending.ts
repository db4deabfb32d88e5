/** Makes an iterable whose iterations end at once when they are broken off, even in the middle of a `next`, as a generator's do not. */
export function endingAtOnce<T>(start: (signal: AbortSignal) => AsyncGenerator<T>): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator]: (): AsyncIterator<T> => {
      const ended = new AbortController();
      const generator = start(ended.signal);
      return {
        next: () => generator.next(),
        return: async () => {
          ended.abort();
          await generator.return(undefined).catch(() => undefined);
          return { done: true, value: undefined };
        },
      };
    },
  };
}
