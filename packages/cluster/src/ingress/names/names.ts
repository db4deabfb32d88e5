import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { wordsOf } from '../fault.ts';
import { askAddresses } from './ask-servers.ts';
import { addressesIn, hostsFile, readHosts } from './hosts-file.ts';
import { findOwnServers } from './own-servers.ts';
import type { Resolution } from './resolution.ts';

export interface NamesOptions {
  readonly signal: AbortSignal;
  /** The resolvers that are asked where zones are served, as ADDRESS or ADDRESS:PORT; default: the system's. */
  readonly resolvers?: readonly string[] | undefined;
  /** Where the servers of zones listen; default 53. */
  readonly port?: number | undefined;
  /** Milliseconds for which the own servers' word that there is no such name is enough, before the system is asked too; default 30 000. */
  readonly systemAfter?: number | undefined;
  /** Default: /etc/hosts. */
  readonly hostsFile?: string | undefined;
}

/** Finds the addresses of names, again and again. */
export interface Names {
  readonly resolve: (host: string) => Promise<Resolution>;
}

/** An alias of an alias of an alias is enough; more are a circle. */
const mostAliases = 8;

const defaultPatience = 30_000;

/**
 * Names as their own servers know them now. Once those do not answer, as where only the system's resolver may be asked, that one is
 * asked from then on, though it may remember for a while that a name was not there. It is asked too when they have long known no such
 * name, since a network can have names of its own. Rejects with the signal's reason.
 */
export function openNames(options: NamesOptions): Names {
  const { signal, resolvers = [], port = 53, systemAfter = defaultPatience } = options;
  const servers = new Map<string, readonly string[] | undefined>();
  let blocked = false;
  let systemAsked = performance.now();

  const serversOf = async (host: string): Promise<readonly string[] | undefined> => {
    if (!servers.has(host)) servers.set(host, await findOwnServers(host, { signal, resolvers, port }));
    return servers.get(host);
  };

  // Undefined where the system has to be asked.
  const askOwn = async (host: string, aliases = 0): Promise<Resolution | undefined> => {
    const own = aliases > mostAliases ? undefined : await serversOf(host);
    if (own === undefined) return undefined;
    const answer = await askAddresses(host, { servers: own, signal });
    if (answer.kind === 'alias') return askOwn(answer.of, aliases + 1);
    if (answer.kind === 'addresses') return { kind: 'found', by: 'own servers', addresses: answer.addresses };
    if (answer.kind === 'absent') return { kind: 'absent', by: 'own servers', words: `${own.join(', ')} know no ${host}` };
    blocked ||= answer.kind === 'silent';
    return undefined;
  };

  const resolve = async (host: string): Promise<Resolution> => {
    const named = addressesIn(await readHosts(options.hostsFile ?? hostsFile), host);
    if (named.length > 0) return { kind: 'found', by: 'hosts file', addresses: named };
    const own = blocked ? undefined : await askOwn(host);
    if (own?.kind === 'found') return own;
    if (own !== undefined && performance.now() - systemAsked < systemAfter) return own;
    systemAsked = performance.now();
    return askSystem(host, signal);
  };
  return {
    resolve: async host => (isIP(host) === 0 ? resolve(host) : { kind: 'found', by: 'system', addresses: [host] }),
  };
}

async function askSystem(host: string, signal: AbortSignal): Promise<Resolution> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    signal.throwIfAborted();
    const found = await Promise.race([lookup(host, { all: true, order: 'ipv4first' }), aborted]);
    return { kind: 'found', by: 'system', addresses: found.map(({ address }) => address) };
  } catch (thrown) {
    signal.throwIfAborted();
    return { kind: 'absent', by: 'system', words: wordsOf(thrown) };
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
