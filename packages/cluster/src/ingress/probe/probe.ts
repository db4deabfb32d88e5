import type { Socket } from 'node:net';
import { codeOf, wordsOf } from '../fault.ts';
import type { Target } from '../target.ts';
import type { Attempt } from './answer.ts';
import { secureConnection } from './connection.ts';
import { exchange } from './exchange.ts';
import { bare, isForwarded, openRoute, proxyAuthorization, type Route } from './route.ts';

export interface ProbeOptions {
  readonly route: Route;
  readonly ca?: string | undefined;
  readonly signal: AbortSignal;
}

/** Milliseconds for each step of a try. */
const limits = { connection: 5_000, tls: 5_000, status: 15_000 } as const;

/** Asks a target once, on a new connection, and tells how far it came. Rejects with the signal's reason alone. */
export async function probe(target: Target, { route, ca, signal }: ProbeOptions): Promise<Attempt> {
  const { url, host } = target;
  let stage: keyof typeof limits = 'connection';
  let socket: Socket | undefined;
  try {
    socket = await openRoute(target, { route, ca, signal, limit: limits.connection });
    if (url.protocol === 'https:') {
      stage = 'tls';
      const serverName = bare(new URL(`https://${host}`).hostname);
      const address = route.kind === 'direct' ? route.address : bare(url.hostname);
      socket = await secureConnection(socket, { address, serverName, ca, signal, limit: limits.tls });
    }
    stage = 'status';
    const asked = askedOf(target, route);
    return { kind: 'answer', answer: await exchange(socket, { ...asked, host, signal, limit: limits.status }) };
  } catch (thrown) {
    signal.throwIfAborted();
    return { kind: 'fault', stage, code: codeOf(thrown), words: wordsOf(thrown) };
  } finally {
    socket?.destroy();
  }
}

function askedOf(target: Target, route: Route): { path: string; headers: Readonly<Record<string, string>> } {
  const { url } = target;
  const path = `${url.pathname}${url.search}`;
  if (route.kind === 'direct' || !isForwarded(target, route)) return { path, headers: {} };
  return { path: `${url.origin}${path}`, headers: proxyAuthorization(route.proxy) };
}
