import { ActionError } from '@eks-gitops/errors';
import { type FluxObject, readFluxObject } from './flux-object.ts';
import { type FluxName, formatFluxName, resourceName } from './kinds.ts';
import type { FluxSession } from './session.ts';
import type { Verdict } from './verdict.ts';

export type Judge<T> = (object: FluxObject, signal: AbortSignal) => Promise<Verdict<T>>;
export interface Ending<T> {
  readonly value: T;
  readonly reason: string;
}

/**
 * Watches one object until it is judged done. Throws what it was judged to have failed of, at once or when that has lasted for the
 * session's tolerance; OBJECT_MISSING when it is or goes away, TIMED_OUT at the deadline.
 */
export async function watchObject<T>(session: FluxSession, name: FluxName, judge: Judge<T>): Promise<Ending<T>> {
  const wait = openWait(session, name);
  try {
    for await (const seen of session.cluster.observe(resourceName(name), { signal: wait.signal })) {
      const object = seen.type === 'state' ? seen.objects[0] : seen.object;
      if (object === undefined || seen.type === 'deleted') throw missing(name);
      const verdict = await judge(readFluxObject(object, name), wait.signal);
      if (verdict.kind === 'done') return verdict;
      if (verdict.kind === 'failed') throw verdict.error;
      if (verdict.kind === 'passing') wait.bear(verdict.error);
      else wait.goOn(verdict.why);
    }
  } finally {
    wait.end();
  }
  throw session.signal.reason;
}

interface Wait {
  /** Ends with the session's signal, at the deadline, or when something has been borne for too long. */
  readonly signal: AbortSignal;
  readonly goOn: (why: string) => void;
  readonly bear: (error: ActionError) => void;
  readonly end: () => void;
}

function openWait({ signal, deadline, tolerance, onProgress }: FluxSession, name: FluxName): Wait {
  const stop = new AbortController();
  const state: { last?: string; borne?: NodeJS.Timeout; error?: ActionError } = {};
  const said = new Set<string>();
  const say = (line: string): void => {
    state.last = line;
    if (!said.has(line)) onProgress(line);
    said.add(line);
  };
  const limit = setTimeout(
    () => stop.abort(timedOut(name, state.error, state.last)),
    Math.max(0, deadline.getTime() - Date.now()),
  );
  const forgive = (): void => {
    clearTimeout(state.borne);
    delete state.borne;
    delete state.error;
  };
  return {
    signal: AbortSignal.any([signal, stop.signal]),
    goOn: why => {
      forgive();
      say(`${formatFluxName(name)}: ${why}`);
    },
    bear: error => {
      state.error = error;
      state.borne ??= setTimeout(() => stop.abort(state.error), tolerance);
      say(`${error.message} ${error.failure.detail ?? ''} Going on for ${tolerance / 1000} s in case it passes.`);
    },
    end: () => {
      clearTimeout(limit);
      forgive();
    },
  };
}

function timedOut(name: FluxName, error: ActionError | undefined, last: string | undefined): ActionError {
  return new ActionError({
    code: 'TIMED_OUT',
    message: `The time limit ended before ${formatFluxName(name)} was reconciled.`,
    found: error?.message ?? last,
    detail: error?.failure.detail,
    remedy: 'give more time with timeout, or see what it waits for',
  });
}

export function missing(name: FluxName): ActionError {
  return new ActionError({
    code: 'OBJECT_MISSING',
    message: `The cluster has no ${formatFluxName(name)}.`,
    likely: 'the name or namespace is mistyped, or its manifest has not been applied yet',
  });
}
