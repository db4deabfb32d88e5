import type { Socket } from 'node:net';
import { codeOf, wordsOf } from '../fault.ts';
import type { Target } from '../target.ts';
import type { Attempt } from './answer.ts';
import { openConnection, secureConnection } from './connection.ts';
import { exchange } from './exchange.ts';

export interface ProbeOptions {
  /** The IP address that is asked. */
  readonly address: string;
  readonly ca?: string | undefined;
  readonly signal: AbortSignal;
}

/** Milliseconds for each step of a try. */
const limits = { connection: 5_000, tls: 5_000, status: 15_000 } as const;

/** Asks a target once, on a new connection, and tells how far it came. Rejects with the signal's reason alone. */
export async function probe({ url, host }: Target, { address, ca, signal }: ProbeOptions): Promise<Attempt> {
  const secure = url.protocol === 'https:';
  const port = Number(url.port || (secure ? 443 : 80));
  let stage: keyof typeof limits = 'connection';
  let socket: Socket | undefined;
  try {
    socket = await openConnection({ address, port, signal, limit: limits.connection });
    if (secure) {
      stage = 'tls';
      const serverName = new URL(`https://${host}`).hostname.replace(/^\[|\]$/g, '');
      socket = await secureConnection(socket, { address, serverName, ca, signal, limit: limits.tls });
    }
    stage = 'status';
    const answer = await exchange(socket, { path: `${url.pathname}${url.search}`, host, signal, limit: limits.status });
    return { kind: 'answer', answer: { ...answer, address } };
  } catch (thrown) {
    signal.throwIfAborted();
    return { kind: 'fault', stage, code: codeOf(thrown), words: wordsOf(thrown) };
  } finally {
    socket?.destroy();
  }
}
