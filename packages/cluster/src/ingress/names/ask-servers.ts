import { Resolver } from 'node:dns/promises';
import { codeOf, wordsOf } from '../fault.ts';

export interface AskOptions {
  /** Addresses of name servers, with or without a port. */
  readonly servers: readonly string[];
  readonly signal: AbortSignal;
}

/** What name servers say of a name; `silent` is everything that is no answer: a refusal, a fault, nothing at all. */
export type ServersAnswer =
  | { readonly kind: 'addresses'; readonly addresses: readonly string[] }
  | { readonly kind: 'alias'; readonly of: string }
  | { readonly kind: 'absent' }
  /** The name is there, without what was asked for; also how a referral to the servers of a zone below looks. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'silent'; readonly words: string };

const timeout = 1_500;
const tries = 2;

/** Asks for the addresses of a name, those of IPv4 first, else what it is an alias of. Servers that fail for one kind alone have the other count. */
export async function askAddresses(host: string, options: AskOptions): Promise<ServersAnswer> {
  return withResolver(options, async resolver => {
    const asked = [unlessEmpty(() => resolver.resolve4(host)), unlessEmpty(() => resolver.resolve6(host))];
    const addresses = (await Promise.allSettled(asked)).flatMap(one => (one.status === 'fulfilled' ? one.value : []));
    if (addresses.length > 0) return { kind: 'addresses', addresses };
    await Promise.all(asked);
    const [of] = await unlessEmpty(() => resolver.resolveCname(host));
    return of === undefined ? { kind: 'empty' } : { kind: 'alias', of };
  });
}

/** Asks for the names of a zone's servers, as `addresses`. */
export async function askNameServers(zone: string, options: AskOptions): Promise<ServersAnswer> {
  return withResolver(options, async resolver => {
    const addresses = await unlessEmpty(() => resolver.resolveNs(zone));
    return addresses.length > 0 ? { kind: 'addresses', addresses } : { kind: 'empty' };
  });
}

async function withResolver(
  { servers, signal }: AskOptions,
  ask: (resolver: Resolver) => Promise<ServersAnswer>,
): Promise<ServersAnswer> {
  signal.throwIfAborted();
  const resolver = new Resolver({ timeout, tries });
  if (servers.length > 0) resolver.setServers(servers);
  const cancel = (): void => resolver.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await ask(resolver);
  } catch (thrown) {
    signal.throwIfAborted();
    return codeOf(thrown) === 'ENOTFOUND' ? { kind: 'absent' } : { kind: 'silent', words: wordsOf(thrown) };
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/** An answer without records of the kind is an error to Node. */
async function unlessEmpty(ask: () => Promise<readonly string[]>): Promise<readonly string[]> {
  try {
    return await ask();
  } catch (thrown) {
    if (codeOf(thrown) === 'ENODATA') return [];
    throw thrown;
  }
}
