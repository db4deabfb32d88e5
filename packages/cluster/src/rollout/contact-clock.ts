/** A clock that stands still while a watch is out of contact: what nobody has seen counts against no rollout. */
export interface ContactClock {
  /** Milliseconds since 1970, less the time without contact. */
  readonly now: () => number;
  readonly stands: () => boolean;
  /** Gives what one watch tells its contact by; a watch that has ended is to tell that it has contact. */
  readonly join: () => (inContact: boolean) => void;
}

/** `read` gives milliseconds since 1970. */
export function startContactClock(read: () => number): ContactClock {
  const lost = new Set<symbol>();
  let stoodAt: number | undefined;
  let missed = 0;
  const change = (): void => {
    if (lost.size > 0) stoodAt ??= read();
    else if (stoodAt !== undefined) {
      missed += read() - stoodAt;
      stoodAt = undefined;
    }
  };
  const join = (): ((inContact: boolean) => void) => {
    const watch = Symbol('watch');
    return inContact => {
      if (inContact) lost.delete(watch);
      else lost.add(watch);
      change();
    };
  };
  return { now: () => (stoodAt ?? read()) - missed, stands: () => stoodAt !== undefined, join };
}
