import { type AskOptions, askAddresses, askNameServers } from './ask-servers.ts';

export interface OwnServersOptions {
  readonly signal: AbortSignal;
  /** The resolvers that know where zones are served; none: the system's. */
  readonly resolvers: readonly string[];
  /** Where name servers listen. */
  readonly port: number;
}

/** More would only prolong the wait where asking them directly is blocked. */
const mostServers = 3;

/**
 * The servers of the zone that a name is in, found without asking a resolver for the name itself: it would remember for a minute or more
 * that the name is not there yet (RFC 2308). Undefined where they cannot be found. A name that is a zone of its own counts to the zone above, whose
 * servers give no addresses for it.
 */
export async function findOwnServers(
  host: string,
  { signal, resolvers, port }: OwnServersOptions,
): Promise<readonly string[] | undefined> {
  const options: AskOptions = { servers: resolvers, signal };
  for (const zone of zonesAbove(host)) {
    const answer = await askNameServers(zone, options);
    if (answer.kind === 'silent') return undefined;
    if (answer.kind !== 'addresses') continue;
    const found = await Promise.all(answer.addresses.slice(0, mostServers).map(server => askAddresses(server, options)));
    const addresses = found.flatMap(one => (one.kind === 'addresses' ? one.addresses.slice(0, 1) : []));
    return addresses.length === 0 ? undefined : addresses.map(address => withPort(address, port));
  }
  return undefined;
}

/** The nearest first, without the top-level domain, which no load balancer's name is directly in. */
export function zonesAbove(host: string): readonly string[] {
  const labels = host.replace(/\.$/, '').split('.');
  return labels.slice(1, -1).map((_, index) => labels.slice(index + 1).join('.'));
}

function withPort(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
