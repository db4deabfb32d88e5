import { isIP, isIPv6 } from 'node:net';
import type { Attempt } from './probe/answer.ts';

/** The kinds of addresses, IPv4 and IPv6, that this machine has a way to. */
export interface Families {
  /** The addresses to ask: all, or those of the kind that is left. */
  readonly usable: (addresses: readonly string[]) => readonly string[];
  /** Whether an attempt shows that there is no way to the kind of its address, where the name has addresses of the other too. */
  readonly passOver: (attempt: Attempt, address: string, addresses: readonly string[]) => boolean;
}

const noWay: readonly string[] = ['ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL', 'EAFNOSUPPORT'];

/**
 * What browsers do, too (RFC 8305): many machines, the runners of GitHub among them, have no way to IPv6, or one on which all is lost.
 * What is found once is kept.
 */
export function openFamilies(): Families {
  const closed = new Set<number>();
  const usable = (addresses: readonly string[]): readonly string[] => {
    const open = addresses.filter(address => !closed.has(isIP(address)));
    return open.length === 0 ? addresses : open;
  };
  const passOver: Families['passOver'] = (attempt, address, addresses) => {
    if (attempt.kind === 'answer' || attempt.stage !== 'connection') return false;
    const isClosed = noWay.includes(attempt.code) || (isIPv6(address) && attempt.code === 'ETIMEDOUT');
    if (!isClosed || !usable(addresses).some(other => isIP(other) !== isIP(address))) return false;
    closed.add(isIP(address));
    return true;
  };
  return { usable, passOver };
}
