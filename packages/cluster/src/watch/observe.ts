import { ActionError, type ErrorCode } from '@eks-gitops/errors';
import { delayAfter, pause, TransientFailure } from '@eks-gitops/http';
import type { Observation, ResourceSelection } from '../cluster.ts';
import type { Exchange } from '../http/exchange.ts';
import type { Right } from '../http/request.ts';
import { listObjects } from '../resources/list.ts';
import { nameSelection } from '../resources/words.ts';
import { openBackOff } from './back-off.ts';
import { follow, type WatchEnd } from './follow.ts';

export interface ObserveRequest {
  readonly selection: ResourceSelection;
  readonly resource: string;
  readonly right: Right;
  /** How many tries a server has that has never answered. */
  readonly firstTries: number;
  /** Milliseconds for which a refusal is not believed once the watch has worked: a server that starts knows no rules and no kinds yet. */
  readonly doubt: number;
  readonly changesOnly?: boolean | undefined;
  readonly onContact?: ((inContact: boolean) => void) | undefined;
  readonly signal: AbortSignal;
}

/** Milliseconds after which a connection counts as one that has held. */
const held = 5_000;

/** The state, unless only changes are asked for, then every change; goes on after whatever may pass. Ends by its signal alone, or by a refusal that lasts. */
export async function* observeObjects(exchange: Exchange, request: ObserveRequest): AsyncGenerator<Observation> {
  const { selection, resource, signal, changesOnly = false, onContact = () => undefined } = request;
  const right: Right = { ...request.right, verbs: ['list', 'watch'] };
  const backOff = openBackOff();
  let version: string | undefined;
  let refusedSince: number | undefined;
  let worked = false;

  /** Decides over what was thrown: gives the milliseconds to wait, or throws it. */
  const judge = (thrown: unknown): number => {
    signal.throwIfAborted();
    const delay = backOff.next();
    if (thrown instanceof TransientFailure) {
      if (!exchange.presence.reached() && backOff.count() > request.firstTries) throw thrown.failure;
      return delayAfter(thrown, delay);
    }
    if (!worked || !isDoubtful(thrown)) throw thrown;
    refusedSince ??= performance.now();
    if (performance.now() - refusedSince > request.doubt) throw thrown;
    return delayAfter({ retryAfter: undefined }, Math.max(delay, 100));
  };

  for (;;) {
    const began = performance.now();
    let wait = 0;
    try {
      if (version === undefined) {
        const limit = changesOnly ? 1 : undefined;
        const listed = await listObjects({ selection, resource, right, limit, signal, ask: exchange.ask });
        version = listed.version;
        worked = true;
        if (!changesOnly) yield { type: 'state', objects: listed.objects };
      }
      const onVersion = (known: string): void => {
        version = known;
      };
      const onOpen = (): void => onContact(true);
      const end: WatchEnd = yield* follow(exchange, { selection, resource, right, version, onOpen, onVersion, signal });
      refusedSince = undefined;
      if (performance.now() - began > held) backOff.reset();
      wait = delayAfter({ retryAfter: undefined }, backOff.next());
      if (end.kind !== 'closed') version = undefined;
      if (end.kind === 'failed') exchange.presence.missed(watchFailed(selection, end.words));
    } catch (thrown) {
      onContact(false);
      if (performance.now() - began > held) backOff.reset();
      wait = judge(thrown);
    }
    await pause(wait, signal);
  }
}

/** What a server answers too that has not yet read its roles and definitions, and what AWS or a plugin says on a bad day. */
const doubtful: readonly ErrorCode[] = [
  ...(['CLUSTER_DENIED', 'KIND_UNKNOWN'] as const),
  ...(['CLUSTER_UNREACHABLE', 'CLUSTER_INVALID', 'AWS_CREDENTIALS_MISSING'] as const),
];

function isDoubtful(thrown: unknown): boolean {
  return thrown instanceof ActionError && doubtful.includes(thrown.code);
}

function watchFailed(selection: ResourceSelection, words: string): ActionError {
  return new ActionError({
    code: 'CLUSTER_UNREACHABLE',
    message: `The Kubernetes API server broke off: could not watch ${nameSelection(selection)}.`,
    found: words,
  });
}
